"""Any sequence of acts, undone in reverse order, gives back the rows it began with."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from roster.actions.undo_changeset import undo_changeset
from roster.exchange.runs import import_csv
from roster.history.ledger import verify
from roster.models import (
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.models.citations import CITABLE
from roster.models.records import Row
from tests.history.undoing import act, rows_now

pytestmark = pytest.mark.django_db

DATES = st.sampled_from(["", "1950~", "2020", "2020-07/2021", "../2024-07-18", "2024-07-18/.."])
NAMES = st.sampled_from(["Ann Lee", "Béa Øst", "Cyd | Ray", "Ö"])
LISTS = st.lists(st.sampled_from(["Annie", "A|L", "B\\C"]), max_size=2).map(tuple)
NUMBERS = st.integers(min_value=0, max_value=2)
VALUES = st.fixed_dictionaries({"name": NAMES, "date": DATES, "list": LISTS, "text": NAMES})

ADDS = st.tuples(st.just("add"), NUMBERS, VALUES)
EDITS = st.tuples(st.just("edit"), st.integers(0, 8), VALUES)
MOVES = st.tuples(st.just("move"), NUMBERS, NUMBERS)
IMPORTS = st.tuples(st.just("import"), NUMBERS, VALUES)
DELETIONS = st.tuples(st.just("delete"), st.integers(0, 8), NUMBERS)
SWAPS = st.tuples(st.just("swap"), NUMBERS, NUMBERS)
ACTS = st.lists(st.one_of(ADDS, EDITS, MOVES, IMPORTS, DELETIONS, SWAPS), min_size=1, max_size=7)


def add(number: int, values: dict) -> None:
    """An official with all that can hang on one, a source of which all of it is cited."""
    stem = f"o{Official.objects.count()}-{number}-{Source.objects.count()}"
    official = Official.objects.create(
        ref=stem, name=values["name"], aliases=values["list"], born=values["date"]
    )
    role = Role.objects.create(ref=stem, official=official, title=values["text"])
    parent = ThreatSource.objects.order_by("pk").last()
    threat_source = ThreatSource.objects.create(ref=stem, name="State", kind="state", parent=parent)
    threat = Threat.objects.create(
        ref=stem, threat_source=threat_source, official=official, kind="plot", status="reported"
    )
    protection = Protection.objects.create(ref=stem, official=official, level="event")
    extension = ProtectionExtension.objects.create(
        ref=stem, protection=protection, number=number + 1
    )
    source = Source.objects.create(
        ref=stem, title="Notice", supersedes=Source.objects.order_by("pk").last()
    )
    paragraph = Paragraph.objects.create(source=source, number=1)
    fields = ("name", "title", "kind", "kind", "level", "number")
    records = (official, role, threat_source, threat, protection, extension)
    for record, field in zip(records, fields, strict=True):
        Citation.objects.create(
            **{record.record_kind: record}, field=field, paragraph=paragraph, quote="words"
        )


EDITED = (
    (Official, lambda v: {"name": v["name"], "aliases": v["list"]}),
    (Role, lambda v: {"title": v["text"], "start": v["date"]}),
    (Threat, lambda v: {"motive": v["text"], "official": None}),
    (Protection, lambda v: {"provider": v["text"], "start": v["date"], "level": "unknown"}),
    (ProtectionExtension, lambda v: {"number": None, "decided": v["date"]}),
    (Source, lambda v: {"title": v["text"], "supersedes": None}),
    (Paragraph, lambda v: {"summary": v["text"]}),
    (Citation, lambda v: {"quote": v["text"], "stance": "disputes"}),
    (ThreatSource, lambda v: {"name": v["name"], "parent": None}),
)


def edit(which: int, values: dict) -> None:
    model, given_values = EDITED[which]
    row = model.objects.order_by("pk").last()
    if row:
        for name, value in given_values(values).items():
            setattr(row, name, value)
        row.save()


def move(number: int, other: int) -> None:
    """Protections go to another official, and with them the meaning of what hangs on them."""
    official = Official.objects.order_by("-pk")[other : other + 1].first()
    if official:
        Protection.objects.filter(pk__in=Protection.objects.order_by("pk")[: number + 1]).update(
            official=official
        )


def swap(number: int, shift: int) -> None:
    """Refs go round among all officials, through one that is none's."""
    rows = list(Official.objects.order_by("pk")[: number + 2])
    refs = [row.ref for row in rows]
    for n, row in enumerate(rows):
        Official.objects.filter(pk=row.pk).update(ref=f"parked-{n}")
    for n, row in enumerate(rows):
        Official.objects.filter(pk=row.pk).update(ref=refs[(n + shift) % len(rows)])


def delete(which: int, most: int) -> None:
    """Rows of a model with all that hangs on them."""
    model = EDITED[which][0]
    for row in list(model.objects.order_by("-pk")[: most + 1]):
        _delete_with_children(row)


def _delete_with_children(row: Row) -> None:
    for relation in row._meta.related_objects:
        if relation.related_model._meta.db_table == "roster_change":
            continue
        field = relation.field.name
        if relation.related_model is type(row) or (relation.related_model, field) == (
            Threat,
            "official",
        ):
            relation.related_model.objects.filter(**{field: row}).update(**{field: None})
            continue
        for child in relation.related_model.objects.filter(**{field: row}):
            _delete_with_children(child)
    row.delete()


def bring_in(number: int, values: dict) -> int | None:
    """An import that adds one official and changes others."""
    known = list(Official.objects.order_by("ref").values_list("ref", flat=True)[:number])
    lines = [f'{ref},"{values["name"]}",{values["date"]}' for ref in {*known, f"new-{number}"}]
    report = import_csv(
        "officials", "\n".join(["ref,name,born", *lines, ""]).encode(), reason="Bring in."
    )
    assert report.ok
    return report.changeset


DO = {"add": add, "edit": edit, "move": move, "delete": delete, "swap": swap}


def perform(step: tuple) -> int | None:
    kind, *arguments = step
    if kind == "import":
        return bring_in(*arguments)
    return act(lambda: DO[kind](*arguments))


@settings(max_examples=15)
@given(steps=ACTS)
def test_acts_undone_in_reverse_give_back_the_rows_and_undone_again_give_them_forth(steps):
    start = transaction.savepoint()
    act(lambda: add(0, {"name": "Ann Lee", "date": "", "list": (), "text": "Envoy"}))
    act(lambda: add(1, {"name": "Bea Ost", "date": "", "list": ("B",), "text": "Judge"}))
    states, done = [rows_now()], []
    for step in steps:
        position = perform(step)
        if rows_now() != states[-1]:  # refs may have gone round once and be as they were
            done.append(position)
            states.append(rows_now())
    undone = []
    for position, before in zip(reversed(done), reversed(states[:-1]), strict=True):
        undone.append(undo_changeset(position, reason="Undo.").position)
        assert rows_now() == before
    for position, after in zip(reversed(undone), states[1:], strict=True):
        undo_changeset(position, reason="Redo.")
        assert rows_now() == after
    assert verify().ok
    transaction.savepoint_rollback(start)


def test_every_kind_of_record_takes_part():
    act(lambda: add(0, {"name": "Ann Lee", "date": "", "list": (), "text": "Envoy"}))
    assert {citation.kind for citation in Citation.objects.all()} == set(CITABLE)
    assert len(EDITED) == 9
