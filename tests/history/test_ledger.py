"""Verification finds each rewriting of the ledger, done by force with every guard off."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from roster.history.anchors import Anchor
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Official, Role
from tests.history.force import by_force, on_sqlite, run
from tests.history.samples import a_ledger, official

pytestmark = pytest.mark.django_db


def kinds(*anchors: Anchor) -> set[str]:
    return {problem.kind for problem in verify(anchors).problems}


@pytest.fixture
def ledger() -> None:
    """Five entries; the only problem is the write from outside that the third one binds."""
    a_ledger()
    assert kinds() == {"outside"}


def forced(*statements: str) -> None:
    with by_force():
        for sql in statements:
            run(sql)


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


def test_rows_written_with_triggers_off_and_on_again_are_found(ledger):
    forced("UPDATE roster_official SET country = 'FR'")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "official:ann-lee"
    assert problem.message == (
        "official:ann-lee is not as the ledger last recorded it (country US → FR): it was written "
        "where no trigger saw it."
    )


def test_rows_written_with_triggers_off_and_then_rightly_are_found(ledger):
    forced("UPDATE roster_official SET country = 'FR'")
    with changeset(reason="Correct."):
        Official.objects.update(country="DE")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "official:ann-lee"
    assert problem.change == Change.objects.latest("id").pk
    assert problem.changeset == 6
    assert "starts from values that the change before it did not leave" in problem.message


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM roster_role", "deleted"),
        (
            "INSERT INTO auth_group (name) VALUES ('x')",
            "new",
        ),
    ],
)
def test_rows_come_and_gone_with_triggers_off_are_found(ledger, sql, words):
    forced(sql)
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert f"({words})" in problem.message


def test_a_row_gone_and_come_with_triggers_off_is_found_when_it_is_written_again(ledger):
    forced("DELETE FROM roster_role")
    Role.objects.create(
        id=Change.objects.filter(table="roster_role").latest("id").key,
        ref="x",
        official=Official.objects.get(),
        title="X",
    )
    assert "replay" in kinds()


def test_a_table_that_is_gone_is_found(ledger):
    forced("ALTER TABLE roster_role RENAME TO x_role")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "role:ann-lee/envoy"
    forced("ALTER TABLE x_role RENAME TO roster_role")


def test_a_password_written_with_triggers_off_is_not_known():
    """Its values are never recorded: what the ledger cannot see it does not claim."""
    User.objects.create_user("ann", password="Correct-horse-7")
    forced("UPDATE auth_user SET password = 'x'")
    assert kinds() == {"outside"}


def test_a_recorded_password_change_is_no_break():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    with changeset(reason="Change the password."):
        user.set_password("Other-horse-8")
        user.save()
    with changeset(reason="Change the address."):
        user.email = "ann@example.org"
        user.save()
    assert kinds() == {"outside"}


def test_columns_that_came_and_went_between_two_changes_are_no_break(ledger):
    """A row altered by a migration and then written, before the migration is reconciled."""
    role = Role.objects.get()
    later = Change.objects.of_row(role).latest("id")
    columns = later.after.replace('"title"', '"office"')
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_role', {role.pk}, 'u', '{columns}', "
        f"'{later.after}', 'me')"
    )
    assert kinds() == {"outside"}


def test_other_values_in_the_columns_that_stayed_are_a_break(ledger):
    role = Role.objects.get()
    later = Change.objects.of_row(role).latest("id")
    columns = later.after.replace('"title"', '"office"').replace("ann-lee/envoy", "ann-lee/x")
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_role', {role.pk}, 'u', '{columns}', "
        f"'{later.after}', 'me')"
    )
    assert kinds() == {"outside", "replay"}


@pytest.mark.parametrize("garbage", ["no json", "7", '{"source_id": [1]}', '{"source_id": "x"}'])
def test_what_no_trigger_wrote_is_found_and_named_by_its_table(ledger, garbage):
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_paragraph', 77, 'u', '[]', '{garbage}', 'me')"
    )
    labels = {problem.record for problem in verify().problems if problem.change}
    assert "roster_paragraph:77" in labels


def test_two_states_that_no_trigger_wrote_are_a_break(ledger):
    forced(
        *(
            'INSERT INTO roster_change (clock, "table", "key", act, before, after) '
            f"VALUES ('2024-07-18 00:00:00', 'gone', 77, 'u', '{text}', '{text}')"
            for text in ("no json", "nor this")
        )
    )
    assert "replay" in kinds()


def test_pages_of_changes_and_entries_join_without_a_seam(monkeypatch):
    monkeypatch.setattr("roster.history.digests.PAGE", 2)
    for number in range(5):
        Official.objects.update(summary=f"Outside {number}.")
        with changeset(reason="Add."):
            for letter in "abcd"[:number]:
                official(f"{letter}-{number}")
    assert kinds() == {"outside"}
    assert verify().changesets == 5


def test_search_keys_out_of_date_are_found_in_each_table_that_has_them(ledger):
    with by_force():
        run("UPDATE roster_official SET search_key = 'other'")
        run("UPDATE roster_threatsource SET search_key = 'other'")
    found = [problem.record for problem in verify().problems if problem.kind == "search_key"]
    assert found == ["official:ann-lee", "threat_source:a-state"]


EXAMPLES = 100
COLUMNS = [
    (table, column)
    for table, columns in {
        "roster_change": (
            "id changeset_id clock table key act before after official_id database_user"
        ),
        "roster_changeset": (
            "id position kind user_id reason closed_at first_change last_change change_count "
            "outside previous_digest digest"
        ),
        "roster_boundchange": "change_id changeset_id",
    }.items()
    for column in columns.split()
]


def test_any_single_rewriting_is_found():
    """One value of one row replaced by another that the column takes, or one row removed."""
    a_ledger()
    head = verify().head

    @settings(max_examples=EXAMPLES)
    @given(st.data())
    def rewriting_is_found(data: st.DataObject) -> None:
        mark = transaction.savepoint()
        try:
            _rewrite(data)
            assert kinds(head) & {"digest", "chain", "anchor"}
        finally:
            transaction.savepoint_rollback(mark)

    with by_force():
        rewriting_is_found()


def _rewrite(data: st.DataObject) -> None:
    table, column = data.draw(st.sampled_from(COLUMNS))
    key = "change_id" if table == "roster_boundchange" else "id"
    row = data.draw(st.sampled_from(run(f"SELECT {key} FROM {table} ORDER BY 1")))[0]
    if data.draw(st.booleans(), label="remove"):
        run(f"DELETE FROM {table} WHERE {key} = {row}")
        return
    ((value,),) = run(f'SELECT "{column}" FROM {table} WHERE {key} = {row}')
    other = data.draw(_another(column, value))
    run(f'UPDATE {table} SET "{column}" = %s WHERE {key} = {row}', other)


def _another(column: str, value: object) -> st.SearchStrategy:
    """A value that differs from `value`; of keys, one that no row has."""
    if column in ("clock", "closed_at"):
        days = st.dates(min_value=date(1990, 1, 1), max_value=date(2020, 1, 1))
        return days.map(lambda day: f"{day} 12:00:00")
    if column == "act":
        return st.sampled_from(sorted({"i", "u", "d"} - {value}))
    if column == "kind":
        return st.sampled_from(sorted({"edit", "import", "seed", "undo"} - {value}))
    if isinstance(value, int) or column.endswith("_id"):
        return st.integers(min_value=100_000, max_value=2**40)
    length = 1 if column == "act" else 60
    letters = st.characters(min_codepoint=32, max_codepoint=126)
    return st.text(letters, max_size=length).filter(lambda text: text != value)
