"""Undo of changes that carry columns, tables and values which are no more, or not yet."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from roster.history.changesets import changeset
from roster.history.undo import plan_undo
from roster.history.verifying.replay import differences
from roster.models import Change, Official
from tests.history.samples import last_change, official
from tests.history.undoing import act, delete, edit, refusals, undo_refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Official:
    found = []
    act(lambda: found.append(official(country="CA")))
    return found[0]


def recorded(row: Official, **columns: object) -> dict:
    return {**json.loads(last_change(row).after), **columns}


def written_once(table: str, key: int, kind: str, before: dict | None, after: dict | None) -> int:
    """An entry as a trigger would have written it over tables of another time; its position."""
    with changeset(reason="Long ago.") as opened:
        Change.objects.create(
            changeset_id=opened.id,
            clock=timezone.now(),
            table=table,
            key=key,
            act=kind,
            before=before and json.dumps(before),
            after=after and json.dumps(after),
        )
    return opened.position


def test_an_update_is_undone_as_far_as_its_columns_exist(ann):
    before, after = recorded(ann, name="Anna", nickname="A"), recorded(ann, nickname="B")
    position = written_once("roster_official", ann.pk, "u", before, after)
    plan = plan_undo(position)
    assert [(c.column, c.old, c.new) for c in plan.rows[0].changes] == [("name", "Ann Lee", "Anna")]
    assert plan.notes == (
        (
            "What 1 row of roster_official had in nickname is left out: there is no such column "
            "any more."
        ),
    )


def test_a_change_of_gone_columns_alone_leaves_nothing_to_undo(ann):
    before, after = recorded(ann, nickname="A"), recorded(ann, nickname="B")
    position = written_once("roster_official", ann.pk, "u", before, after)
    assert undo_refusals(position) == [f"Changeset {position} has nothing that can be undone."]
    assert "nickname is left out" in plan_undo(position).notes[0]


def test_a_deleted_row_comes_back_with_defaults_where_nothing_was_recorded():
    before = {"id": 7, "ref": "bea", "name": "Bea", "nickname": "B", "search_key": "bea"}
    position = written_once("roster_official", 7, "d", before, None)
    plan = plan_undo(position)
    assert plan.ok
    assert plan.rows[0].goal.values["country"] == ""
    assert [note for note in plan.notes if "nickname is left out" in note]
    assert (
        "Nothing was recorded of country for 1 row of roster_official: its default value is given."
    ) in plan.notes


def test_a_row_that_lacks_what_is_needed_now_does_not_come_back():
    position = written_once("roster_role", 7, "d", {"id": 7, "ref": "bea/envoy"}, None)
    sentences = undo_refusals(position)
    assert len(sentences) == 2
    assert all(s.startswith("role:bea/envoy cannot be as it was: ") for s in sentences)
    assert any("official: " in s for s in sentences)
    assert any("title: " in s for s in sentences)


def test_what_a_table_held_that_is_gone_is_left_out(ann):
    def both() -> None:
        Official.objects.update(country="FR")
        Change.objects.create(
            changeset_id=Change.objects.latest("id").changeset_id,
            clock=timezone.now(),
            table="roster_badge",
            key=1,
            act="i",
            after='{"id": 1}',
        )

    plan = plan_undo(act(both))
    assert plan.ok
    assert plan.notes == ("What roster_badge held is left out: there is no such table any more.",)


@pytest.mark.parametrize("kind", ["u", "d"])
def test_a_value_that_is_taken_no_longer_is_refused(ann, kind):
    before = recorded(ann, born="in spring", ref="ann-lee")
    if kind == "d":
        delete(ann)
        position = written_once("roster_official", ann.pk, "d", before, None)
    else:
        position = written_once("roster_official", ann.pk, "u", before, recorded(ann))
    (sentence,) = undo_refusals(position)
    assert sentence.startswith("official:ann-lee cannot be as it was: ")
    assert "in spring" in sentence


def test_a_choice_that_is_taken_no_longer_is_refused(ann):
    before = recorded(ann, country="XX")
    position = written_once("roster_official", ann.pk, "u", before, recorded(ann))
    assert undo_refusals(position) == [
        (
            "official:ann-lee cannot be as it was: country: “XX” is not a country: give the two "
            "capital letters of ISO 3166-1, such as US."
        )
    ]


def test_a_row_with_a_newer_column_is_deleted_when_migrations_alone_wrote_it(ann):
    whole = json.loads(last_change(ann).after)
    older = {name: value for name, value in whole.items() if name != "honorific"}
    with changeset(reason="Tables change.", kind="migration") as migration:
        Official.objects.update(honorific="")
    assert migration.position is None
    position = written_once("roster_official", ann.pk, "i", None, older)
    assert plan_undo(position).ok
    edit(ann, honorific="Dr")
    assert "honorific was changed later" in refusals_of(position)


def refusals_of(position: int) -> str:
    return " ".join(refusal.sentence for refusal in plan_undo(position).refusals)


def test_a_row_that_vanished_where_no_trigger_saw_it_is_named(ann):
    before = recorded(ann, id=99, country="FR")
    position = written_once("roster_official", 99, "u", before, recorded(ann, id=99))
    assert undo_refusals(position) == ["official:ann-lee was deleted later: restore it first."]


def test_a_value_that_changed_where_no_trigger_saw_it_is_named(ann):
    before = recorded(ann, country="FR")
    position = written_once("roster_official", ann.pk, "u", before, recorded(ann, country="GB"))
    assert list(differences_of_tables()) == ["roster_official"]
    assert undo_refusals(position) == [
        "official:ann-lee: country was changed later: undo that first."
    ]


def differences_of_tables() -> set[str]:
    from django.db import connection

    return {difference.table for difference in differences(connection)}


def test_a_row_that_points_at_one_that_never_was_is_refused():
    before = {"id": 7, "ref": "bea/envoy", "official_id": 999, "title": "Envoy"}
    position = written_once("roster_role", 7, "d", before, None)
    assert undo_refusals(position) == [
        (
            "role:bea/envoy cannot name official:999 as its official again: that is gone; restore "
            "it first."
        )
    ]


def test_nothing_is_undone_when_the_database_refuses(ann, monkeypatch):
    position = edit(ann, country="FR")
    taken = official("bea")
    monkeypatch.setattr("roster.history.plans.obstacles.Obstacles.refusals", lambda self: [])
    position = edit(ann, ref="anna-lee")
    Official.objects.filter(pk=taken.pk).update(ref="ann-lee")
    sentences = refusals(lambda: _undo(position))
    assert sentences[0].startswith("The database refused what this would write")


def _undo(position: int) -> None:
    from roster.actions.undo_changeset import undo_changeset

    undo_changeset(position, reason="Undo.")
