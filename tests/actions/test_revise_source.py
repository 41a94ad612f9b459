"""Revising a source: the new version, what is moved to it, and what stays, in one changeset."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roster.actions.revise_source import CHANGED_SINCE, revise_source
from roster.models import Change, Changeset, Citation, Paragraph, Source
from roster.provenance.documents import Document
from roster.provenance.revisions import revise
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.factories import CitationFactory, OfficialFactory
from tests.provenance.texts import NOTICE, fingerprinted

CHANGED = NOTICE[2].replace("spring fair", "autumn fair")
REVISED = (NOTICE[3], NOTICE[0], CHANGED, NOTICE[4])
NEAR = "stay until the spring fair, the council decided by nine votes"

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    source = fingerprinted(with_text=True, publisher="Quimby Courier", published="2024-07-18")
    official = OfficialFactory(ref="odile-farrow", name="Odile Farrow")
    for number, quote in ((1, "two guards"), (2, "nobody saw the letter"), (3, NEAR)):
        row = Paragraph.objects.get(source=source, number=number)
        CitationFactory(paragraph=row, official=official, quote=quote, value="Odile Farrow")
    return source


def places():
    """By quote: the source and number of the paragraph that each citation rests on."""
    return {
        citation.quote: (citation.paragraph.source.ref, citation.paragraph.number)
        for citation in Citation.objects.select_related("paragraph__source")
    }


def test_a_text_becomes_the_new_version_and_takes_over_what_it_still_says(old):
    revised = revise_source(old, document=Document(REVISED), reason="Corrected.")
    new = revised.newer
    assert (new.supersedes, new.title, new.publisher) == (old, old.title, old.publisher)
    assert new.published == "2024-07-18"
    assert [row.text for row in new.paragraphs.order_by("number")] == list(REVISED)
    assert places() == {
        "two guards": (new.ref, 2),
        "nobody saw the letter": (old.ref, 2),
        NEAR: (new.ref, 3),
    }
    assert (revised.moved, revised.left) == (2, 1)
    assert counts()[EvidenceState.UNANCHORED] == 0


def test_a_paragraph_that_is_the_same_keeps_its_summary(old):
    new = revise_source(old, document=Document(REVISED), reason="Corrected.").newer
    assert list(new.paragraphs.order_by("number").values_list("summary", flat=True)) == [
        "Summary 4", "Summary 1", "", "Summary 5",
    ]  # fmt: skip


def test_it_is_one_changeset_and_the_ledger_keeps_where_the_citation_was(old):
    before = Paragraph.objects.get(source=old, number=1)
    revised = revise_source(old, document=Document(REVISED), reason="Corrected.")
    act = Changeset.objects.get(position=revised.changeset)
    assert Changeset.objects.filter(reason="Corrected.").count() == 1
    moved = Change.objects.filter(changeset=act.pk, table="roster_citation", act="u")
    assert moved.count() == 2
    assert any(f'"paragraph_id":{before.pk},' in change.before for change in moved)


def test_a_citation_that_is_left_stays(old):
    near = Citation.objects.get(quote=NEAR)
    revised = revise_source(old, document=Document(REVISED), reason="No.", leave=[near.pk])
    assert places()[NEAR] == (old.ref, 3)
    assert (revised.moved, revised.left) == (1, 2)


def test_a_source_that_is_here_is_taken_as_the_new_version(old):
    newer = fingerprinted(REVISED, ref="newer")
    revised = revise_source(old, newer=newer, reason="Corrected.")
    newer.refresh_from_db()
    assert newer.supersedes == old
    assert places()["two guards"] == ("newer", 2)
    assert revised.moved == 1
    assert Source.objects.count() == 2


def test_the_date_of_the_new_text_is_its_own(old):
    document = Document(REVISED, published="2024-08-01")
    assert revise_source(old, document=document, reason="x").newer.published == "2024-08-01"


@pytest.mark.parametrize("how", ["itself", "of another", "earlier", "empty"])
def test_a_source_that_cannot_be_the_new_version_is_refused(old, how):
    newer = fingerprinted(REVISED, ref="newer")
    match how:
        case "itself":
            newer = old
        case "of another":
            newer.supersedes = fingerprinted((), ref="other")
            newer.save()
        case "earlier":
            old.supersedes = newer
            old.save()
        case "empty":
            newer.paragraphs.all().delete()
    with pytest.raises(ValidationError) as refusal:
        revise_source(old, newer=newer, reason="x")
    assert refusal.value.messages[0].endswith(".")
    assert set(places().values()) == {(old.ref, 1), (old.ref, 2), (old.ref, 3)}


def test_versions_that_changed_since_the_preview_refuse(old):
    previewed = revise(old, document=Document(REVISED)).digest()
    Citation.objects.filter(quote=NEAR).delete()
    with pytest.raises(ValidationError) as refusal:
        revise_source(old, document=Document(REVISED), reason="x", as_previewed=previewed)
    assert refusal.value.messages == [CHANGED_SINCE]
    assert Source.objects.count() == 1
