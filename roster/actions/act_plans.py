"""Plans of acts on several records at once: what each would write, before it is written.

One reason and one passage are for all of them. With any refusal nothing of it is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from roster.actions.recite import Passage
from roster.history.plans.plan import ValueChange
from roster.history.plans.sentences import sentence_of
from roster.models.records import Record
from roster.provenance import policy
from roster.provenance.placing import quote_refusal

MOST_AT_ONCE = 200
"""Records that one act takes: so many can be looked at before it is confirmed."""
CHANGED_SINCE = (
    "What this would write is not what was previewed any more: nothing was written. Look at the "
    "preview again."
)
LACKS_EVIDENCE = (
    "Evidence is required here: give the source and the paragraph that this rests on; nothing was "
    "written."
)


@dataclass(frozen=True)
class PlannedRecord:
    """A record that an act would add or change, unsaved, and what it would say otherwise."""

    record: Record
    changes: tuple[ValueChange, ...]
    is_new: bool

    @property
    def label(self) -> str:
        return self.record.label

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it would set or change, those that name another record aside."""
        return tuple(change.column for change in self.changes)

    @property
    def facts(self) -> tuple[str, ...]:
        """The columns among them whose new value wants evidence."""
        return tuple(filter(self.record.wants_evidence, self.columns))


@dataclass(frozen=True)
class PlannedSubject:
    """What an act would do for one of the records that it was asked for.

    `seen` are the versions of the rows that were looked at, by key. Warnings and refusals are
    whole sentences that name what they are about.
    """

    subject: Record
    seen: tuple[tuple[int, int], ...]
    records: tuple[PlannedRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActPlan:
    """What an act would do, subject by subject, and why not; `refusals` are of it as a whole."""

    verb: str
    subjects: tuple[PlannedSubject, ...] = ()
    passage: Passage | None = None
    refusals: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.all_refusals

    @property
    def all_refusals(self) -> tuple[str, ...]:
        """Those of the whole, then those of each subject."""
        return (*self.refusals, *(each for one in self.subjects for each in one.refusals))

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(each for one in self.subjects for each in one.warnings)

    @property
    def records(self) -> Iterator[PlannedRecord]:
        """What would be written, in order."""
        return (record for one in self.subjects for record in one.records)

    @property
    def citation_count(self) -> int:
        """How many facts the passage would be cited for."""
        return sum(len(one.facts) for one in self.records) if self.passage else 0

    def digest(self) -> str:
        """A text that is the same as long as the act would do the same to the same versions."""
        passage = self.passage
        cited = [passage.paragraph.pk, passage.quote, passage.credibility] if passage else []
        subjects = [
            (
                one.subject.pk,
                one.seen,
                [
                    (planned.label, [(c.column, c.old, c.new) for c in planned.changes])
                    for planned in one.records
                ],
                one.warnings,
                one.refusals,
            )
            for one in self.subjects
        ]
        said = json.dumps([self.verb, cited, subjects, self.refusals], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def as_previewed(self, digest: str | None) -> ActPlan:
        """The plan, refused where it would do anything else than the one of this digest."""
        if digest in (None, self.digest()):
            return self
        return replace(self, refusals=(*self.refusals, CHANGED_SINCE))


def planned_change(record: Record, new: Mapping[str, Any]) -> PlannedRecord:
    """The record given the new values, and those of its columns that then say otherwise."""
    old = {column: record.cell(column) for column in new}
    for column, value in new.items():
        setattr(record, column, value)
    return PlannedRecord(
        record,
        tuple(
            ValueChange(column, old[column], record.cell(column))
            for column in new
            if record.cell(column) != old[column]
        ),
        is_new=False,
    )


def planned_addition(record: Record) -> PlannedRecord:
    """A new record with what it says; its ref is its name, and the record above it no change."""
    apart = {"ref", record.parent_column}
    cells = {column: record.cell(column) for column in record.columns if column not in apart}
    said = tuple(ValueChange(column, "", cell) for column, cell in cells.items() if cell)
    return PlannedRecord(record, said, is_new=True)


def rule_refusals(record: Record) -> list[str]:
    """What the record's fields and rules say against its values; asks no query.

    Left to the act, which looks at all records together: that other rows are there, and that no
    other has the same ref.
    """
    relations = [field.name for field in record._meta.concrete_fields if field.is_relation]
    try:
        record.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
        for rule in record._meta.constraints:
            rule.validate(type(record), record)
    except ValidationError as error:
        return [
            f"{record.label}, {column}: {sentence}"
            for column, sentences in error.message_dict.items()
            for sentence in sentences
        ]
    return []


def cleaned(model: type[Record], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Typed values as the columns of the model hold them, and what these say against others."""
    values: dict[str, Any] = {}
    refusals: list[str] = []
    for column, typed in given.items():
        field: Any = model._meta.get_field(column)
        try:
            values[column] = field.clean(typed, None)
        except ValidationError as error:
            called = sentence_of(column.replace("_", " "))
            refusals += [f"{called}: {sentence}" for sentence in error.messages]
    return values, refusals


def act_plan(
    verb: str,
    subjects: Iterable[PlannedSubject],
    passage: Passage | None,
    refusals: Iterable[str],
) -> ActPlan:
    """The plan, refused as a whole where it writes facts without the evidence they must have."""
    plan = ActPlan(verb, tuple(subjects), passage, tuple(refusals))
    if passage or not policy.is_required() or not any(one.facts for one in plan.records):
        return plan
    return replace(plan, refusals=(*plan.refusals, LACKS_EVIDENCE))


def refusals_of_all(
    asked: Collection[int], found: Collection[int], passage: Passage | None, *, called: str
) -> list[str]:
    """What stands against the act as a whole: how many records, and on what it rests.

    `asked` and `found` are keys; `called` is what one of them is called.
    """
    refusals = []
    if not asked:
        refusals.append(f"No {called} is chosen: choose one at least.")
    if missing := len(set(asked) - set(found)):
        gone = "One is" if missing == 1 else f"{missing} are"
        refusals.append(f"{gone} not there any more: choose each {called} again.")
    if passage and (refusal := quote_refusal(passage.quote, passage.paragraph)):
        refusals.append(refusal)
    return refusals


def too_many(count: int, *, called: str) -> str | None:
    """Why so many cannot be done at once; None when they can."""
    if count <= MOST_AT_ONCE:
        return None
    return (
        f"{count:,} of {called} are chosen: at most {MOST_AT_ONCE} are taken at once. Choose "
        "fewer, and the others after them."
    )
