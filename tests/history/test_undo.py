"""Undo of a changeset, column by column, and of ticked changes of one."""

from __future__ import annotations

import pytest

from roster.history.plans.plan import ValueChange
from roster.history.undo import plan_undo, undone_position
from roster.models import (
    Change,
    Changeset,
    Citation,
    Official,
    Paragraph,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from tests.history.samples import official, one_of_each
from tests.history.undoing import act, delete, edit, rows_now, undo, undo_refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Official:
    found = []
    act(lambda: found.append(official(country="CA", aliases=("Annie", "A|L"), born="1950~")))
    return found[0]


@pytest.fixture
def rows():
    found = {}
    act(lambda: found.update(one_of_each()))
    return found


def test_an_update_is_reversed(ann):
    before = rows_now()
    position = edit(ann, name="Anna Lee", aliases=("Anna",), born="1951/1952", country="")
    undo(position)
    assert rows_now() == before


def test_an_update_is_reversed_in_the_columns_that_it_changed_alone(ann):
    position = edit(ann, name="Anna Lee")
    edit(ann, country="US", aliases=("Nan",))
    undo(position)
    ann.refresh_from_db()
    assert (ann.name, ann.country, ann.aliases) == ("Ann Lee", "US", ("Nan",))


def test_a_search_key_is_made_anew_where_the_names_were_changed_apart(ann):
    position = edit(ann, name="Zoe Lee")
    edit(ann, aliases=("Quill",))
    undo(position)
    key = Official.objects.get().search_key
    assert "quill" in key
    assert "ann" in key
    assert "zoe" not in key


def test_an_insert_is_undone_by_deleting_the_rows(ann):
    before = rows_now()
    ann_too = []
    position = act(lambda: ann_too.extend(one_of_each_for("bea")))
    undo(position)
    assert rows_now() == before


def one_of_each_for(ref: str):
    bea = official(ref)
    role = Role.objects.create(ref=f"{ref}/envoy", official=bea, title="Envoy")
    source = Source.objects.create(ref=f"{ref}-notice", title="Notice")
    later = Source.objects.create(ref=f"{ref}-notice-2", title="Notice", supersedes=source)
    paragraph = Paragraph.objects.create(source=later, number=1)
    citation = Citation.objects.create(role=role, field="title", paragraph=paragraph, quote="w")
    return bea, role, source, later, paragraph, citation


def test_a_delete_is_undone_by_adding_the_rows_under_their_old_keys(rows):
    before = rows_now()
    position = delete(*rows.values())
    assert not Official.objects.exists()
    undo(position)
    assert rows_now() == before


def test_rows_that_come_back_concern_their_official_again(rows):
    position = undo(delete(*rows.values()))
    officials = Change.objects.filter(changeset__position=position, table="roster_citation")
    assert [change.official_id for change in officials] == [rows[Official].pk]


def test_a_key_is_not_handed_out_again_once_its_row_came_back(ann):
    undo(delete(ann))
    act(lambda: official("bea"))
    assert Official.objects.get(ref="bea").pk > ann.pk


def test_an_undo_can_be_undone_and_then_the_first_be_undone_again(ann):
    start = rows_now()
    first = edit(ann, name="Anna Lee")
    edited = rows_now()
    second = undo(first)
    third = undo(second)
    assert rows_now() == edited
    undo(first)
    assert rows_now() == start
    undo(third + 1)
    assert rows_now() == edited


def test_what_was_undone_is_not_undone_twice(ann):
    position = edit(ann, name="Anna Lee")
    by = undo(position)
    assert undo_refusals(position) == [
        f"Changeset {position} was undone by changeset {by} already."
    ]


def test_what_was_added_and_undone_is_not_undone_twice():
    position = act(official)
    by = undo(position)
    assert undo_refusals(position) == [
        f"Changeset {position} was undone by changeset {by} already."
    ]


def test_what_was_deleted_and_undone_is_not_undone_twice(ann):
    position = delete(ann)
    by = undo(position)
    edit(ann, country="FR")
    assert undo_refusals(position) == [
        f"Changeset {position} was undone by changeset {by} already."
    ]


def test_an_undo_that_was_undone_is_not_undone_twice(ann):
    first = undo(edit(ann, name="Anna Lee"))
    second = undo(first)
    assert undo_refusals(first) == [f"Changeset {first} was undone by changeset {second} already."]


def test_a_seed_is_undone():
    before = rows_now()
    undo(act(one_of_each, kind="seed"))
    assert rows_now() == before


def test_ticked_changes_are_undone_alone(ann):
    bea = []
    act(lambda: bea.append(official("bea")))
    position = act(lambda: Official.objects.update(honorific="Dr"))
    ticked = Change.objects.get(changeset__position=position, key=bea[0].pk)
    undo(position, changes=[ticked.pk])
    assert set(Official.objects.values_list("ref", "honorific")) == {("ann-lee", "Dr"), ("bea", "")}


def test_the_rest_of_a_changeset_is_undone_after_ticked_ones(ann):
    act(lambda: official("bea"))
    before = rows_now()
    position = act(lambda: Official.objects.update(honorific="Dr"))
    first = Change.objects.filter(changeset__position=position).first()
    by = undo(position, changes=[first.pk])
    plan = plan_undo(position)
    assert plan.notes == (
        f"Left alone, being as it was already since changeset {by} (no user): official:ann-lee.",
    )
    undo(position)
    assert rows_now() == before


def test_an_unticked_change_of_the_same_value_stands_in_the_way(ann):
    position = act(
        lambda: [Official.objects.update(honorific="Dr"), Official.objects.update(honorific="Ms")]
    )
    first = Change.objects.filter(changeset__position=position).first()
    assert (
        f"changed later by changeset {position} (no user)"
        in (undo_refusals(position, changes=[first.pk])[0])
    )


@pytest.mark.parametrize(("changes", "words"), [([], "is ticked: tick some."), ([1], "tick its")])
def test_ticks_that_choose_nothing_of_the_changeset_are_refused(ann, changes, words):
    position = edit(ann, country="FR")
    assert words in undo_refusals(position, changes=changes)[0]


def test_several_changes_of_a_row_in_one_act_are_undone_together(ann):
    before = rows_now()

    def several() -> None:
        Official.objects.update(honorific="Dr")
        Official.objects.update(honorific="Ms", country="FR")
        bea = official("bea")
        Official.objects.filter(pk=bea.pk).update(country="FR")
        bea.delete()
        ann.refresh_from_db()
        ann.delete()

    position = act(several)
    by = undo(position)
    assert rows_now() == before
    assert undo_refusals(position) == [
        f"Changeset {position} was undone by changeset {by} already."
    ]


def test_a_row_that_came_and_went_in_one_act_leaves_nothing_to_undo():
    position = act(lambda: official().delete())
    assert undo_refusals(position) == [f"Changeset {position} has nothing that can be undone."]


def test_a_row_that_came_and_changed_in_one_act_is_undone_once(ann):
    def several() -> None:
        official("bea")
        Official.objects.filter(ref="bea").update(country="FR")

    before = rows_now()
    position = act(several)
    undo(position)
    assert rows_now() == before
    assert "already" in undo_refusals(position)[0]


def test_a_key_that_went_to_another_row_is_not_taken_from_it(ann):
    position = delete(ann)
    later = act(lambda: official("bea", id=ann.pk))
    assert undo_refusals(position) == [
        (
            f"The row that was deleted cannot come back under its number {ann.pk}: official:bea "
            f"has that since changeset {later} (no user)."
        )
    ]


def test_a_plan_shows_each_row_with_its_values_as_text(rows):
    threat = rows[Threat]
    act(lambda: official("bea"))
    position = edit(threat, official=Official.objects.get(ref="bea"), motive="Made up.")
    plan = plan_undo(position)
    (row,) = plan.rows
    assert (row.label, row.act, plan.ok) == (threat.label, "u", True)
    assert row.changes == (
        ValueChange("official", "bea", "ann-lee"),
        ValueChange("motive", "Made up.", ""),
    )
    assert plan.models == {Threat}


def test_a_plan_of_rows_that_come_or_go_shows_what_they_say(ann):
    added = plan_undo(act(lambda: official("bea", country="US"))).rows[0]
    assert ValueChange("country", "US", "") in added.changes
    assert "died" not in {change.column for change in added.changes}
    gone = plan_undo(delete(ann)).rows[0]
    assert ValueChange("aliases", "", "Annie|A\\|L") in gone.changes
    assert (added.act, gone.act) == ("d", "i")


def test_planning_writes_nothing(ann):
    position = edit(ann, country="FR")
    before, count = rows_now(), Change.objects.count()
    plan_undo(position)
    assert (rows_now(), Change.objects.count()) == (before, count)


def test_an_undo_knows_what_it_undid(ann):
    position = edit(ann, country="FR")
    done = Changeset.objects.get(position=undo(position, reason=" Wrong country. "))
    assert (done.kind, done.reason) == ("undo", f"Undo of changeset {position}: Wrong country.")
    assert undone_position(done) == position
    assert undone_position(Changeset.objects.get(position=position)) is None


def test_a_circle_of_parents_is_undone():
    made = []
    act(
        lambda: made.extend(
            ThreatSource.objects.create(ref=ref, name=ref, kind="state") for ref in "ab"
        )
    )
    start = rows_now()

    def circle() -> None:
        ThreatSource.objects.filter(pk=made[0].pk).update(parent=made[1])
        ThreatSource.objects.filter(pk=made[1].pk).update(parent=made[0])

    position = act(circle)
    undo(position)
    assert rows_now() == start


def test_rows_that_name_each_other_come_back():
    made = []
    act(
        lambda: made.extend(
            ThreatSource.objects.create(ref=ref, name=ref, kind="state") for ref in "ab"
        )
    )
    edit(made[0], parent=made[1])
    edit(made[1], parent=made[0])
    before = rows_now()

    def both() -> None:
        ThreatSource.objects.update(parent=None)
        ThreatSource.objects.all().delete()

    undo(act(both))
    assert rows_now() == before
