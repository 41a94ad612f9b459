"""An undo that keeps what later acts built on, names it, and takes back all else."""

from __future__ import annotations

import pytest

from roster.history.undo import plan_undo
from roster.models import Official, Role, Source
from tests.history.samples import official, one_of_each
from tests.history.undoing import act, delete, edit, refusals, rows_now, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def added():
    """Three officials added in one act; its position."""
    return act(lambda: [official(ref) for ref in ("ann", "bob", "cat")])


def refs():
    return sorted(Official.objects.values_list("ref", flat=True))


def named(ref):
    return Official.objects.get(ref=ref)


def kept(position):
    return [one.label for one in plan_undo(position, keep_later=True).kept]


def test_a_row_that_was_edited_since_is_kept_and_the_others_go(added):
    later = edit(named("bob"), country="US")
    plan = plan_undo(added, keep_later=True)
    (one,) = plan.kept
    assert (one.label, one.changesets) == ("official:bob", (later,))
    assert f"was changed later by changeset {later} (no user)" in one.sentence
    assert [row.label for row in plan.rows] == ["official:ann", "official:cat"]
    undo(added, keep_later=True)
    assert refs() == ["bob"]


def test_without_being_asked_to_keep_it_refuses_whole(added):
    edit(named("bob"), country="US")
    before = rows_now()
    assert "official:bob" in refusals(lambda: undo(added))[0]
    assert rows_now() == before


def test_where_nothing_was_built_on_nothing_is_kept(added):
    assert kept(added) == []
    undo(added, keep_later=True)
    assert refs() == []


def test_a_row_is_kept_whole_though_one_column_alone_was_written_since(added):
    changed = act(lambda: Official.objects.update(country="CA", honorific="Dr"))
    edit(named("ann"), country="US")
    undo(changed, keep_later=True)
    assert list(Official.objects.order_by("ref").values_list("country", "honorific")) == [
        ("US", "Dr"),
        ("", ""),
        ("", ""),
    ]


def test_what_a_kept_row_hangs_on_is_kept_with_it():
    position = act(
        lambda: [
            Role.objects.create(ref=f"r-{o}", official=official(o), title="Chair")
            for o in ("ann", "bob")
        ]
    )
    edit(Role.objects.get(ref="r-bob"), title="Deputy")
    assert kept(position) == ["role:r-bob", "official:bob"]
    undo(position, keep_later=True)
    assert (refs(), Role.objects.get().ref) == (["bob"], "r-bob")


def test_what_a_later_row_hangs_on_is_kept(added):
    later = act(lambda: Role.objects.create(ref="r", official=named("cat"), title="Chair"))
    (one,) = plan_undo(added, keep_later=True).kept
    assert (one.label, one.changesets) == ("official:cat", (later,))
    undo(added, keep_later=True)
    assert refs() == ["cat"]


def test_a_chain_is_kept_to_its_root():
    def chain():
        first = Source.objects.create(ref="s-1", title="One")
        second = Source.objects.create(ref="s-2", title="Two", supersedes=first)
        Source.objects.create(ref="s-3", title="Three", supersedes=second)
        Source.objects.create(ref="s-4", title="Four")

    position = act(chain)
    edit(Source.objects.get(ref="s-3"), title="Third")
    assert kept(position) == ["source:s-3", "source:s-2", "source:s-1"]
    undo(position, keep_later=True)
    assert sorted(Source.objects.values_list("ref", flat=True)) == ["s-1", "s-2", "s-3"]


def test_a_row_whose_key_was_taken_since_stays_gone(added):
    gone = delete(*Official.objects.order_by("ref"))
    act(lambda: official("bob"))
    assert kept(gone) == ["official:bob"]
    undo(gone, keep_later=True)
    assert refs() == ["ann", "bob", "cat"]


def test_where_every_row_is_kept_there_is_nothing_to_do(added):
    act(lambda: Official.objects.update(country="US"))
    before = rows_now()
    assert refusals(lambda: undo(added, keep_later=True)) == [
        f"Changeset {added} has nothing that can be undone."
    ]
    assert rows_now() == before
    assert kept(added) == ["official:ann", "official:bob", "official:cat"]


def test_what_was_kept_can_be_undone_when_nothing_is_in_its_way(added):
    later = edit(named("bob"), country="US")
    undo(added, keep_later=True)
    undo(later)
    undo(added)
    assert refs() == []


def test_a_row_that_is_edited_after_the_preview_is_not_taken_back_unseen(added):
    seen = plan_undo(added, keep_later=True).digest()
    edit(named("bob"), country="US")
    assert (
        "after the preview" in refusals(lambda: undo(added, keep_later=True, as_previewed=seen))[0]
    )


def test_rows_of_every_kind_are_kept_together_or_not_at_all():
    before = rows_now()
    position = act(one_of_each)
    undo(position, keep_later=True)
    assert {table: rows for table, rows in rows_now().items() if rows != before[table]} == {}
