"""A plan of an act as its page shows it: each record with old and new in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roster.actions.act_plans import PlannedRecord, PlannedSubject
from roster.admin.display import (
    EMPTY,
    Cell,
    cell_text,
    column_heading,
    in_words,
    row_text,
    row_url,
)
from roster.history.plans.plan import ValueChange
from roster.models import Citation, Official, Protection
from roster.models.records import Record

OFFERED = 10
"""Passages cited last that a form offers."""
LOOKED_THROUGH = 100
"""Citations among which they are looked for."""


@dataclass(frozen=True)
class ShownRecord:
    """A record that would be added or changed, its columns by their names."""

    label: str
    is_new: bool
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True)
class ShownSubject:
    """One of the records that the act is for: whom it is about, and what it would write."""

    official: Cell
    protection: Cell | None
    so_far: str
    records: tuple[ShownRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def shown_planned(planned: PlannedSubject) -> ShownSubject:
    """What the act would do for one of its records."""
    label = f"{planned.subject.label}: "
    return ShownSubject(
        *_named(planned.subject),
        so_far="",
        records=tuple(map(_shown_record, planned.records)),
        warnings=tuple(sentence.removeprefix(label) for sentence in planned.warnings),
        refusals=planned.refusals,
    )


def shown_chosen(subject: Record) -> ShownSubject:
    """One of the records that the act is for, before anything is said of it."""
    so_far = ""
    if isinstance(subject, Protection):
        so_far = f"start {in_words(subject.start)}, end {in_words(subject.end)}"
    return ShownSubject(*_named(subject), so_far=so_far)


def last_cited() -> list[str]:
    """The paragraphs of the latest citations by name, the latest first; one query."""
    latest = Citation.objects.order_by("-pk").values_list(
        "paragraph__source__ref", "paragraph__number"
    )[:LOOKED_THROUGH]
    return list(dict.fromkeys(f"{ref}#{number}" for ref, number in latest))[:OFFERED]


def officials_of(subjects: Iterable[Record]) -> set[Official]:
    """Whom the records are about."""
    return {_official(subject) for subject in subjects}


def _named(subject: Record) -> tuple[Cell, Cell | None]:
    official = _official(subject)
    named = Cell(row_text(official), row_url(official))
    if subject is official:
        return named, None
    return named, Cell(subject.ref, row_url(subject))


def _official(subject: Record) -> Official:
    if isinstance(subject, Official):
        return subject
    official: Official = subject.official  # type: ignore[attr-defined]  # of a protection
    return official


def _shown_record(planned: PlannedRecord) -> ShownRecord:
    model = type(planned.record)
    return ShownRecord(
        planned.label,
        planned.is_new,
        tuple(
            ValueChange(
                column_heading(change.column),
                cell_text(model, change.column, change.old) if change.old else EMPTY,
                cell_text(model, change.column, change.new) if change.new else EMPTY,
            )
            for change in planned.changes
        ),
    )
