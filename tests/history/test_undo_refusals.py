"""What stands in the way of an undo: each reason a sentence, with rows and later changesets."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from roster.history.changesets import changeset
from roster.history.undo import plan_undo
from roster.models import (
    Changeset,
    Citation,
    Official,
    Paragraph,
    Protection,
    Role,
    Source,
    Threat,
)
from tests.history.samples import official, one_of_each
from tests.history.undoing import act, delete, edit, refusals, rows_now, undo, undo_refusals

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


def test_an_unknown_changeset_is_refused_in_one_sentence(ann):
    last = Changeset.objects.newest_first().first().position
    assert undo_refusals(999) == [
        f"There is no changeset 999: the ledger has those from 1 to {last}."
    ]


def test_a_migration_is_not_undone():
    migration = Changeset.objects.filter(kind="migration").first()
    (sentence,) = undo_refusals(migration.position)
    assert sentence.startswith(f"Changeset {migration.position} was made by a migration")


def test_a_later_change_of_the_same_column_is_named_with_who_made_it(ann):
    position = edit(ann, name="Anna Lee", country="FR")
    user = User.objects.create_user("bob")
    with changeset(reason="Name her otherwise.", user=user) as later:
        Official.objects.filter(pk=ann.pk).first()
        ann.refresh_from_db()
        ann.name = "Annabel Lee"
        ann.save()
    assert undo_refusals(position) == [
        (
            f"official:ann-lee: name was changed later by changeset {later.position} (bob): undo "
            "that first."
        )
    ]
    (refusal,) = plan_undo(position).refusals
    assert (refusal.label, refusal.changesets) == ("official:ann-lee", (later.position,))


def test_a_later_change_stands_in_the_way_though_it_wrote_the_same_value(ann):
    position = edit(ann, name="Anna Lee")
    edit(ann, name="Ann Lee")
    edit(ann, name="Anna Lee")
    assert "name was changed later by" in undo_refusals(position)[0]


def test_a_later_change_that_was_undone_does_not_stand_in_the_way(ann):
    before = rows_now()
    first = edit(ann, name="Anna Lee")
    undo(edit(ann, name="Annabel Lee"))
    undo(first)
    assert rows_now() == before


def test_a_write_outside_any_changeset_stands_in_the_way(ann):
    position = edit(ann, country="FR")
    Official.objects.update(country="US")
    assert (
        "country was changed later by a write outside any changeset (database user"
        in (undo_refusals(position)[0])
    )


def test_an_earlier_write_of_the_act_under_way_stands_in_the_way(ann):
    position = edit(ann, country="FR")

    def both() -> None:
        with changeset(reason="Outer."):
            Official.objects.update(country="US")
            undo(position)

    assert "by the changeset under way: undo" in refusals(both)[0]


def test_a_row_that_was_deleted_later_is_named(ann):
    position = edit(ann, country="FR")
    later = delete(ann)
    assert undo_refusals(position) == [
        f"official:ann-lee was deleted later, by changeset {later} (no user): restore it first."
    ]


def test_rows_that_hang_on_one_to_be_deleted_are_named(ann):
    made = []
    position = act(lambda: made.append(official("bea")))
    bea = made[0]
    later = act(
        lambda: [Role.objects.create(ref=f"bea/{n}", official=bea, title="Envoy") for n in range(5)]
    )
    (sentence,) = undo_refusals(position)
    by = f"since changeset {later} (no user)"
    assert sentence == (
        "official:bea cannot be deleted, because other rows hang on it: "
        f"role:bea/0 {by}, role:bea/1 {by}, role:bea/2 {by} and 2 more."
    )


def test_citations_that_hang_on_a_record_are_named_by_their_key(rows):
    added = []
    position = act(
        lambda: added.append(
            Role.objects.create(ref="ann-lee/judge", official=rows[Official], title="Judge")
        )
    )
    paragraph = rows[Paragraph]
    act(lambda: Citation.objects.create(role=added[0], field="title", paragraph=paragraph))
    assert (
        "citation:role:ann-lee/judge/title@paragraph:a-notice#1 since"
        in (undo_refusals(position)[0])
    )


def test_a_ref_that_was_taken_is_named_with_who_has_it(ann):
    position = edit(ann, ref="anna-lee")
    later = act(lambda: official("ann-lee", name="Another"))
    assert undo_refusals(position) == [
        (
            "official:ann-lee cannot have ref “ann-lee” again: another row, official:ann-lee, has "
            f"that now since changeset {later} (no user)."
        )
    ]


def test_a_deleted_ref_that_was_taken_is_refused(ann):
    position = delete(ann)
    act(lambda: official("ann-lee", name="Another"))
    assert "cannot have ref “ann-lee” again" in undo_refusals(position)[0]


def test_a_citation_that_was_made_again_is_refused(rows):
    citation = rows[Citation]
    position = delete(citation)
    act(
        lambda: Citation.objects.create(
            extension=citation.extension, field="start", paragraph=citation.paragraph
        )
    )
    assert "has that now since" in undo_refusals(position)[0]


def test_a_paragraph_number_that_was_taken_is_refused(rows):
    source = rows[Source]
    made = []
    act(lambda: made.append(Paragraph.objects.create(source=source, number=2)))
    position = delete(made[0])
    later = act(lambda: Paragraph.objects.create(source=source, number=2))
    assert undo_refusals(position) == [
        (
            "paragraph:a-notice#2 cannot have source “a-notice” and number “2” again: another "
            f"row, paragraph:a-notice#2, has that now since changeset {later} (no user)."
        )
    ]


def test_a_row_that_would_point_at_one_that_is_gone_is_refused(rows):
    threat, bea = rows[Threat], []
    act(lambda: bea.append(official("bea")))
    edit(threat, official=bea[0])
    position = edit(threat, official=None)
    later = delete(bea[0])
    assert undo_refusals(position) == [
        (
            f"{threat.label} cannot name official:bea as its official again: that is gone, "
            f"deleted by changeset {later} (no user); restore it first."
        )
    ]


def test_columns_that_together_break_a_rule_are_refused(rows):
    protection = rows[Protection]
    edit(protection, start="2020")
    position = edit(protection, start="2010")
    edit(protection, end="2015")
    (sentence,) = undo_refusals(position)
    assert sentence.startswith("protection:ann-lee/protection cannot be as it was: The end lies")


def test_all_reasons_are_given_at_once(ann):
    bea = []
    act(lambda: bea.append(official("bea")))

    def both() -> None:
        Official.objects.filter(country="").update(country="GB")
        Official.objects.filter(ref="ann-lee").update(country="GB")

    position = act(both)
    edit(ann, country="US")
    delete(bea[0])
    assert len(undo_refusals(position)) == 2
