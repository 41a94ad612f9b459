"""The evidence of each field on its record's page, for whom it may be shown, and what it costs."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from roster.admin.evidence import provenance
from roster.models.citations import CITABLE, citable_columns
from roster.provenance.placing import place_quotes
from roster.provenance.states import EvidenceState
from tests.admin.pages import FACTORIES, change_page, send, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)

TEXT = "It rained. At events only, she is always guarded closely by two. Nothing else is known."
QUOTE = "always guarded closely"


def fields(response):
    return {field.heading: field for field in response.context["evidence"].fields}


def cite(record, column, *, text=TEXT, **values):
    """A citation of what the field says, of a paragraph with that text."""
    values.setdefault("paragraph", ParagraphFactory(text=text))
    return CitationFactory(
        **({"official": None} | {record.record_kind: record}),
        field=column,
        **{"value": record.cell(column), "quote": QUOTE, **values},
    )


@pytest.mark.parametrize("kind", CITABLE)
def test_citation_stands_at_its_field_with_all_that_it_says(signed_in, kind):
    record = FACTORIES[kind]()
    source = SourceFactory(title="A notice", reliability="B", published="2024-05-02")
    paragraph = ParagraphFactory(source=source, number=7)
    citation = cite(
        record,
        "summary",
        paragraph=paragraph,
        stance="disputes",
        credibility="3",
        value="as it was",
        note="Seen twice",
    )
    response = signed_in.get(change_page(record))
    supporting, disputing = fields(response)["Summary"].sides
    (passage,) = disputing.passages
    assert supporting.passages == ()
    assert (passage.source.text, passage.paragraph.text) == ("A notice", "¶7")
    assert (passage.quote, passage.value, passage.note) == (QUOTE, "as it was", "Seen twice")
    for words in ("B: usually reliable", "3: possibly true", "2 May 2024", "as it was"):
        assert words in text_of(response)
    for target in (citation, paragraph, source):
        assert f'href="{change_page(target)}"' in text_of(response)


def test_mark_stands_beside_its_field_and_at_no_other(signed_in):
    protection = ProtectionFactory(level="event", provider="Army", start="")
    cite(protection, "level")
    shown = text_of(signed_in.get(change_page(protection)))
    rows = dict(
        re.findall(r'class="form-row field-(\w+)">(.*?)(?=class="form-row|$)', shown, re.DOTALL)
    )
    marked = {column for column, row in rows.items() if 'class="evidence-of-field"' in row}
    assert marked == {"level", "provider"}
    assert "evidence-current" in rows["level"]
    assert "evidence-unsourced" in rows["provider"]


def test_rows_in_place_have_their_gravest_state_and_no_marks(signed_in):
    protection = ProtectionFactory(level="event")
    cite(protection, "level", value="part_time")
    shown = text_of(signed_in.get(change_page(protection.official)))
    assert "Evidence: stale" in shown
    assert 'id="evidence-of-level"' not in shown


def test_fields_stand_in_their_order_and_each_can_be_cited(signed_in):
    protection = ProtectionFactory()
    shown = signed_in.get(change_page(protection)).context["evidence"].fields
    assert [field.cite_url.split("/")[-2] for field in shown] == [
        *citable_columns(type(protection))
    ]


@pytest.mark.parametrize(
    ("values", "field", "state"),
    [
        ({"provider": "Army"}, "Provider", EvidenceState.UNSOURCED),
        ({"provider": ""}, "Provider", None),
        ({"level": "event"}, "Level", EvidenceState.UNSOURCED),
        ({"level": "unknown"}, "Level", None),
        ({"summary": "In short"}, "Summary", None),
    ],
)
def test_value_that_wants_a_citation_and_has_none_is_unsourced(signed_in, values, field, state):
    response = signed_in.get(change_page(ProtectionFactory(**values)))
    assert fields(response)[field].state is state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, EvidenceState.CURRENT),
        ({"value": "part_time"}, EvidenceState.STALE),
        ({"quote": "nowhere to be found"}, EvidenceState.UNANCHORED),
        ({"text": ""}, EvidenceState.UNVERIFIED),
    ],
)
def test_state_of_a_field_is_shown_with_its_meaning(signed_in, values, state):
    protection = ProtectionFactory(level="event")
    cite(protection, "level", **values)
    response = signed_in.get(change_page(protection))
    assert fields(response)["Level"].state is state
    assert state.meaning in text_of(response)


def test_gravest_citation_speaks_for_the_field_and_stands_first(signed_in):
    protection = ProtectionFactory(level="event")
    cite(protection, "level")
    stale = cite(protection, "level", value="part_time")
    level = fields(signed_in.get(change_page(protection)))["Level"]
    assert level.state is EvidenceState.STALE
    assert level.sides[0].passages[0].citation.url == change_page(stale)


def test_quote_is_shown_among_its_sentences(signed_in):
    protection = ProtectionFactory(level="event")
    cite(protection, "level")
    response = signed_in.get(change_page(protection))
    assert (
        f"<blockquote>At events only, she is <mark>{QUOTE}</mark> by two.</blockquote>"
        in text_of(response)
    )
    assert "It rained." not in text_of(response)


def test_words_that_a_quote_was_placed_on_are_shown_with_how_alike_they_are(signed_in):
    protection = ProtectionFactory(level="event")
    citation = cite(protection, "level", quote="always guardet closely")
    place_quotes([citation.paragraph])
    response = signed_in.get(change_page(protection))
    (passage,) = fields(response)["Level"].sides[0].passages
    assert passage.words.words == QUOTE
    assert f"{passage.likeness} % alike" in text_of(response)


def test_value_that_was_cited_is_said_in_words_where_it_is_another_now(signed_in):
    protection = ProtectionFactory(level="event", start="2021")
    cite(protection, "level", value="round_the_clock")
    cite(protection, "start", value="2020-07")
    cite(protection, "start")
    shown = fields(signed_in.get(change_page(protection)))
    assert shown["Level"].sides[0].passages[0].value == "Round the clock"
    assert [one.value for one in shown["Start"].sides[0].passages] == ["July 2020", ""]


def test_both_sides_of_a_dispute_are_shown_and_what_repeats_counts_once(signed_in):
    protection = ProtectionFactory(level="event")
    first, same_day = (SourceFactory(publisher="Gazette", published="2024-05-02") for _ in range(2))
    denial = SourceFactory(publisher="Office")
    for source in (first, same_day, SourceFactory()):
        cite(protection, "level", paragraph=ParagraphFactory(source=source, text=TEXT))
    for source in (denial, SourceFactory(supersedes=SourceFactory(supersedes=denial))):
        paragraph = ParagraphFactory(source=source, text=TEXT)
        cite(protection, "level", paragraph=paragraph, stance="disputes")
    response = signed_in.get(change_page(protection))
    level = fields(response)["Level"]
    assert level.state is EvidenceState.DISPUTED
    assert [(side.disputes, side.source_count, side.citation_count) for side in level.sides] == [
        (False, 2, 3),
        (True, 1, 2),
    ]
    words = " ".join(strip_tags(text_of(response)).split())
    assert "2 sources for, 1 source against" in words
    assert "Disputes it: 1 independent source" in words


def test_citation_of_an_earlier_value_counts_as_no_source(signed_in):
    protection = ProtectionFactory(level="event")
    cite(protection, "level", value="part_time")
    cite(protection, "level")
    (side,) = fields(signed_in.get(change_page(protection)))["Level"].sides
    assert (side.source_count, side.earlier_count) == (1, 1)


def test_source_with_a_newer_version_says_so_and_leads_to_it(signed_in):
    protection = ProtectionFactory(level="event")
    citation = cite(protection, "level")
    newest = SourceFactory(supersedes=SourceFactory(supersedes=citation.paragraph.source))
    response = signed_in.get(change_page(protection))
    assert "Superseded by a newer version" in text_of(response)
    assert f'href="{change_page(newest)}"' in text_of(response)


def test_more_citations_than_the_page_shows_are_linked(signed_in, monkeypatch):
    monkeypatch.setattr(provenance, "MOST_OF_A_SIDE", 2)
    official = OfficialFactory(country="US")
    for _ in range(3):
        cite(official, "name")
        cite(official, "name", stance="disputes")
    cite(official, "country")
    shown = fields(signed_in.get(change_page(official)))
    assert [len(side.passages) for side in shown["Name"].sides] == [2, 2]
    assert len(signed_in.get(shown["Name"].all_url).context["cl"].result_list) == 6
    assert shown["Country"].all_url == ""


@pytest.fixture
def reader(client, db):
    """Signs in somebody with just these permissions."""

    def signed_in_with(*codenames):
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def test_who_may_only_view_sees_marks_and_words_but_is_not_offered_to_cite(reader):
    official = OfficialFactory(honorific="Gen.")
    cite(official, "name")
    client = reader("view_official", "view_citation", "view_paragraph", "view_source")
    response = client.get(change_page(official))
    shown = text_of(response)
    assert shown.count('class="evidence-of-field"') == 2
    assert f"<mark>{QUOTE}</mark>" in shown
    assert {field.cite_url for field in fields(response).values()} == {""}
    assert "Cite" not in re.sub(r"Cite[ds]", "", shown)


def test_who_may_not_view_paragraphs_sees_the_quote_alone(reader):
    official = OfficialFactory()
    citation = cite(official, "name")
    shown = text_of(reader("view_official", "view_citation").get(change_page(official)))
    assert f"<mark>{QUOTE}</mark>" in shown
    assert "At events only" not in shown
    for hidden in (citation.paragraph, citation.paragraph.source):
        assert change_page(hidden) not in shown


def test_form_that_is_refused_still_shows_the_evidence_of_what_is_stored(signed_in):
    protection = ProtectionFactory(level="event")
    cite(protection, "level")
    response = send(signed_in, change_page(protection), level="part_time", change_reason="")
    assert fields(response)["Level"].state is EvidenceState.CURRENT


def test_page_of_a_citation_shows_its_words_its_states_and_what_it_is_of(signed_in):
    protection = ProtectionFactory(level="event")
    citation = cite(protection, "level", value="part_time")
    shown = text_of(signed_in.get(change_page(citation)))
    assert f"<mark>{QUOTE}</mark>" in shown
    assert EvidenceState.STALE.meaning in shown
    assert f'href="{change_page(protection)}#evidence-of-level"' in shown


def test_page_of_a_citation_does_not_tell_of_a_record_that_one_may_not_view(reader):
    citation = cite(ProtectionFactory(ref="ann/secret", level="event"), "level")
    response = reader("view_citation").get(change_page(citation))
    assert response.context["passage_of"].url == ""
    assert "#evidence-of-level" not in text_of(response)


def test_paragraph_shows_the_states_of_what_rests_on_it(signed_in):
    protection = ProtectionFactory(level="event")
    citation = cite(protection, "level", value="part_time", quote="nowhere to be found")
    (table,) = signed_in.get(change_page(citation.paragraph)).context["linked_tables"]
    assert table.headings[-1] == "State"
    assert table.rows[0][-1].states == (EvidenceState.STALE, EvidenceState.UNANCHORED)


def test_page_of_a_record_costs_the_same_queries_for_one_citation_and_for_twenty(signed_in):
    official = OfficialFactory()
    url, counts = change_page(official), []
    for more in (1, 19):
        for _ in range(more):
            source = SourceFactory(supersedes=SourceFactory())
            paragraph = ParagraphFactory(source=source, text=TEXT)
            cite(official, "name", paragraph=paragraph, quote=QUOTE)
            cite(official, "summary", paragraph=paragraph, stance="disputes")
        signed_in.get(url)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
