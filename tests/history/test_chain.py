"""Every rewriting of changes and entries, done by force with every guard off, is found."""

from __future__ import annotations

import pytest
from django.db import transaction

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.verifying.anchors import Anchor
from roster.models import Change, Changeset, Official
from tests.history.force import forced, kinds, on_sqlite, run
from tests.history.samples import a_ledger, official

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger() -> None:
    """Five entries; the only problem is the write from outside that the third one binds."""
    a_ledger()
    assert kinds() == {"outside"}


def test_a_sound_ledger_has_no_problems():
    with changeset(reason="Add."):
        official()
    verdict = verify()
    assert (verdict.ok, verdict.problems) == (True, [])
    assert (verdict.changesets, verdict.changes) == (2, Change.objects.count())
    newest = Changeset.objects.latest("position")
    assert verdict.head == Anchor(2, newest.digest, Change.objects.count())


def test_the_first_entry_alone_has_no_problems():
    assert verify().ok


def test_verifying_inside_an_act_does_not_see_it_as_a_problem():
    with changeset(reason="Add."):
        official()
        found = verify().problems
    assert [problem.kind for problem in found] == ["chain"]
    assert verify().ok


OWN = "id = (SELECT first_change FROM roster_changeset WHERE position = 4)"


NEXT = "id = (SELECT first_change + 1 FROM roster_changeset WHERE position = 4)"


FIRST = "id = (SELECT first_change FROM roster_changeset WHERE position = 2)"


BOUND = "id = (SELECT max(change_id) FROM roster_boundchange)"


ALTERED_CHANGES = {
    "before": f"UPDATE roster_change SET before = replace(before, 'Envoy', 'Emvoy') WHERE {OWN}",
    "after": f"UPDATE roster_change SET after = replace(after, 'Special', 'Spécial') WHERE {OWN}",
    "after cut off": f"UPDATE roster_change SET after = substr(after, 1, 9) WHERE {OWN}",
    "after no object": f"UPDATE roster_change SET after = '7' WHERE {OWN}",
    "after taken away": f"UPDATE roster_change SET after = NULL WHERE {OWN}",
    "before made up": f"UPDATE roster_change SET before = '{{}}' WHERE {FIRST}",
    "clock": f"UPDATE roster_change SET clock = '2001-01-01 00:00:00' WHERE {OWN}",
    "table": f"UPDATE roster_change SET \"table\" = 'roster_threat' WHERE {OWN}",
    "key": f'UPDATE roster_change SET "key" = "key" + 1 WHERE {OWN}',
    "act": f"UPDATE roster_change SET act = 'i' WHERE {OWN}",
    "official": f"UPDATE roster_change SET official_id = NULL WHERE {OWN}",
    "database user": f"UPDATE roster_change SET database_user = 'me' WHERE {OWN}",
    "changeset": f"UPDATE roster_change SET changeset_id = changeset_id + 1 WHERE {OWN}",
    "changeset taken away": f"UPDATE roster_change SET changeset_id = NULL WHERE {OWN}",
    "changeset of an outside write": f"UPDATE roster_change SET changeset_id = 3 WHERE {BOUND}",
    "outside write": f"UPDATE roster_change SET database_user = 'you' WHERE {BOUND}",
    "outside write deleted": f"DELETE FROM roster_change WHERE {BOUND}",
    "id": f"UPDATE roster_change SET id = id + 1000 WHERE {OWN}",
    "deleted": f"DELETE FROM roster_change WHERE {OWN}",
    "inserted": (
        'INSERT INTO roster_change (changeset_id, clock, "table", "key", act, before, after) '
        'SELECT changeset_id, clock, "table", "key", act, after, after FROM roster_change '
        f"WHERE {OWN}"
    ),
}


@pytest.mark.parametrize("sql", ALTERED_CHANGES.values(), ids=ALTERED_CHANGES)
def test_an_altered_change_is_found(ledger, sql):
    forced(sql)
    assert kinds() & {"digest", "chain"}
    first = verify().problems[0]
    assert first.changeset in (2, 3, 4)


def test_two_changes_that_changed_places_are_found(ledger):
    forced(
        f"UPDATE roster_change SET id = 100000 WHERE {OWN}",
        f"UPDATE roster_change SET id = id - 1 WHERE {NEXT}",
        f"UPDATE roster_change SET id = {_id_of(NEXT)} WHERE id = 100000",
    )
    assert kinds() == {"digest", "outside"}
    assert verify().problems[0].changeset == 4


def _id_of(where: str) -> int:
    return run(f"SELECT id FROM roster_change WHERE {where}")[0][0]


ALTERED_ENTRIES = {
    "id": "id = 900",
    "position": "position = 900",
    "kind": "kind = 'edit'",
    "user": "user_id = NULL",
    "reason": "reason = 'Other.'",
    "time": "closed_at = '2001-01-01 00:00:00'",
    "first change": "first_change = first_change - 1",
    "last change lowered": "last_change = last_change - 1",
    "last change raised": "last_change = last_change + 1",
    "count": "change_count = change_count + 1",
    "outside": "outside = '1'",
    "previous digest": "previous_digest = digest",
    "digest": f"digest = '{'0' * 64}'",
}


@pytest.mark.parametrize("change", ALTERED_ENTRIES.values(), ids=ALTERED_ENTRIES)
def test_an_altered_entry_is_found(ledger, change):
    place = 5 if "kind" in change else 4
    forced(f"UPDATE roster_changeset SET {change} WHERE position = {place}")
    assert kinds() & {"digest", "chain"}
    assert verify().problems[0].changeset in (4, 5)


def test_a_removed_entry_is_found(ledger):
    forced("DELETE FROM roster_changeset WHERE position = 4")
    found = verify().problems
    assert [(problem.kind, problem.changeset) for problem in found[:2]] == [
        ("chain", 5),
        ("chain", 5),
    ]
    assert found[0].message.startswith("Changeset 5 follows 3:")


def test_a_removed_entry_is_found_though_the_rest_was_renumbered(ledger):
    forced(
        "DELETE FROM roster_changeset WHERE position = 4",
        "UPDATE roster_changeset SET position = 4 WHERE position = 5",
    )
    assert {"chain", "digest"} <= kinds()


def test_two_entries_that_changed_places_are_found(ledger):
    forced(
        "UPDATE roster_changeset SET position = 100 WHERE position = 3",
        "UPDATE roster_changeset SET position = 3 WHERE position = 4",
        "UPDATE roster_changeset SET position = 4 WHERE position = 100",
    )
    assert {"chain", "digest"} <= kinds()
    assert verify().problems[0].changeset == 3


def test_an_inserted_entry_is_found(ledger):
    columns = "kind, reason, closed_at, first_change, last_change, change_count, outside"
    forced(
        f"INSERT INTO roster_changeset (id, position, {columns}, previous_digest, digest) "
        f"SELECT 900, 6, {columns}, digest, previous_digest FROM roster_changeset "
        "WHERE position = 5"
    )
    assert "digest" in kinds()


def test_a_digest_made_with_another_key_is_found(ledger, settings):
    settings.ROSTER_LEDGER_KEY = "another key"
    assert "digest" in kinds()


def test_ids_of_bound_changes_are_covered(ledger):
    newest = Change.objects.latest("id").pk
    forced(f"UPDATE roster_changeset SET outside = '{newest}' WHERE position = 3")
    assert "digest" in kinds()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM roster_boundchange",
        f"UPDATE roster_boundchange SET change_id = 1 WHERE change_{BOUND}",
        "UPDATE roster_boundchange SET changeset_id = 4",
        "UPDATE roster_boundchange SET changeset_id = 1",
        "INSERT INTO roster_boundchange SELECT 1, max(changeset_id) FROM roster_boundchange",
        "INSERT INTO roster_boundchange (change_id, changeset_id) VALUES (1, 1)",
    ],
)
def test_a_table_of_bound_changes_at_odds_with_the_entries_is_found(ledger, sql):
    forced(sql)
    assert kinds() == {"digest", "outside"}
    assert "table" in verify().problems[0].message


@pytest.mark.parametrize("outside", ["x", "1-", "1,,2", "-1", "1-2-3", "9" * 40])
def test_an_unreadable_list_of_bound_changes_is_found(ledger, outside):
    forced(f"UPDATE roster_changeset SET outside = '{outside}' WHERE position = 3")
    assert "digest" in kinds()


@on_sqlite
@pytest.mark.parametrize(
    "column", ["position", "first_change", "change_count", "reason", "outside"]
)
def test_an_entry_with_values_of_another_kind_is_found(ledger, column):
    forced(f"UPDATE roster_changeset SET {column} = x'00ff' WHERE position = 4")
    found = [problem.message for problem in verify().problems if problem.kind == "digest"]
    assert any(f"its {column} is of a kind that Roster never writes" in text for text in found)


@on_sqlite
@pytest.mark.parametrize(
    "change", ["\"key\" = 'one'", "changeset_id = 'x'", "official_id = x'00'", "clock = 'never'"]
)
def test_a_change_with_values_of_another_kind_is_found(ledger, change):
    forced(f"UPDATE roster_change SET {change} WHERE {OWN}")
    assert "digest" in kinds()


def test_a_cut_tail_is_found_with_an_anchor(ledger):
    head = verify().head
    first = "(SELECT first_change FROM roster_changeset WHERE position = 5)"
    forced(
        f"DELETE FROM roster_change WHERE id >= {first}",
        "DELETE FROM roster_changeset WHERE position = 5",
    )
    (problem,) = [found for found in verify([head]).problems if found.kind == "anchor"]
    assert problem.changeset == 5
    assert problem.message == (
        "The anchor names changeset 5, but the ledger ends at 4: its tail was cut off or an old "
        "copy was put back."
    )


def test_an_old_copy_that_went_on_is_found_with_an_anchor():
    mark = transaction.savepoint()
    with changeset(reason="Add."):
        official("one")
    anchor = verify().head
    transaction.savepoint_rollback(mark)
    with changeset(reason="Add."):
        official("other")
    assert verify().ok
    (problem,) = verify([anchor]).problems
    assert (problem.kind, problem.changeset) == ("anchor", 2)
    assert "is not the one that the anchor names" in problem.message


def test_a_true_anchor_stays_true_as_the_ledger_grows(ledger):
    anchors = [verify().head]
    for number in range(3):
        with changeset(reason="Add."):
            official(f"o-{number}")
        anchors.append(verify().head)
    assert kinds(*anchors) == {"outside"}


@pytest.mark.parametrize(
    "wrong", [{"digest": "0" * 64}, {"changes": 1}, {"position": 4}, {"position": 6}]
)
def test_every_anchor_is_compared(ledger, wrong):
    head = verify().head
    false = Anchor(**{**vars(head), **wrong})
    for anchors in ((head, false), (false, head)):
        assert "anchor" in kinds(*anchors)


def test_pages_of_changes_and_entries_join_without_a_seam(monkeypatch):
    monkeypatch.setattr("roster.history.digests.PAGE", 2)
    for number in range(5):
        Official.objects.update(summary=f"Outside {number}.")
        with changeset(reason="Add."):
            for letter in "abcd"[:number]:
                official(f"{letter}-{number}")
    assert kinds() == {"outside"}
    assert verify().changesets == 5
