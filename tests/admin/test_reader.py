"""The reader: what a page of a source shows, to whom, and at what cost."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import display
from roster.admin.display import page_url, reader_url
from roster.admin.reader import page as reader
from roster.models import Citation, Paragraph, Source
from tests.admin.pages import change_page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)

TEXT = "Captain Fernwright has kept the harbour since spring. Two constables go with her."


@pytest.fixture
def source(db):
    return SourceFactory(title="Harbour notice", published="2031-03-04")


@pytest.fixture
def paragraph(source):
    return ParagraphFactory(source=source, number=1, text=TEXT)


@pytest.fixture
def member(client, db):
    """Signs in somebody who may view rows of these kinds only."""

    def signed_in_with(*codenames):
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def page_of(client, row, **query):
    return client.get(reader_url(row).partition("#")[0], query)


def shown(client, row, **query):
    return page_of(client, row, **query).context["paragraphs"]


def test_head_says_what_the_source_is_and_leads_to_its_versions(signed_in, source):
    earlier = SourceFactory(title="First notice")
    Source.objects.filter(pk=source.pk).update(
        supersedes=earlier, publisher="Port", reliability="B", url="https://example.org/a/b"
    )
    later = SourceFactory(title="Third notice", supersedes=source)
    head = page_of(signed_in, source).context["head"]
    assert head.lines == (
        ("Publisher", "Port"),
        ("Published", "4 March 2031"),
        ("Reliability", "B: usually reliable"),
    )
    assert head.supersedes.url == reader_url(earlier)
    assert [cell.url for cell in head.superseded_by] == [reader_url(later)]
    assert head.original.host == "example.org"


def test_original_opens_without_a_referrer(signed_in, source):
    Source.objects.filter(pk=source.pk).update(url="https://example.org/a")
    (link,) = re.findall(
        r'<a href="https://example.org/a"[^>]*>', text_of(page_of(signed_in, source))
    )
    assert 'rel="noreferrer noopener external"' in link
    assert 'referrerpolicy="no-referrer"' in link


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", ""])
def test_no_other_address_than_one_of_the_web_becomes_a_link(source, url):
    source.url = url
    assert reader.head_of(source).original is None


def test_citation_stands_beside_its_paragraph_and_points_at_its_words(signed_in, paragraph):
    protection = ProtectionFactory(level="part_time")
    citation = CitationFactory(
        official=None,
        protection=protection,
        field="level",
        value="part_time",
        paragraph=paragraph,
        quote="Two constables",
        stance="disputes",
    )
    text = text_of(page_of(signed_in, paragraph.source))
    ((entry,),) = [one.entries for one in shown(signed_in, paragraph.source)]
    assert (entry.stance, entry.heading, entry.value) == ("Disputes", "Level", "Part time")
    assert entry.record.url == change_page(protection)
    assert f'<mark class="disputes" data-keys="{citation.pk}">Two constables</mark>' in text
    assert f'id="w{citation.pk}" href="#c{citation.pk}"' in text
    assert f'href="#w{citation.pk}"' in text


def test_stale_citation_says_what_was_cited_and_what_the_field_says_now(signed_in, paragraph):
    protection = ProtectionFactory(level="part_time", start="2031-01")
    for field, value in (("level", "event"), ("start", "2030")):
        CitationFactory(
            official=None, protection=protection, field=field, value=value, paragraph=paragraph
        )
    (read,) = shown(signed_in, paragraph.source)
    assert [(entry.value, entry.value_now) for entry in read.entries] == [
        ("At events", "Part time"),
        ("2030", "January 2031"),
    ]
    assert "stale" in read.entries[0].states


def test_value_that_is_no_date_any_more_is_shown_as_it_is(signed_in, paragraph):
    CitationFactory(field="born", value="long ago", paragraph=paragraph)
    (read,) = shown(signed_in, paragraph.source)
    assert read.entries[0].value == "long ago"


def test_unanchored_quote_is_listed_with_its_words(signed_in, paragraph):
    CitationFactory(paragraph=paragraph, quote="three pilots")
    (read,) = shown(signed_in, paragraph.source)
    assert (read.entries[0].is_placed, str(read.entries[0].quote)) == (False, "three pilots")
    assert "Not in this text: " in text_of(page_of(signed_in, paragraph.source))


def test_paragraph_without_text_shows_its_summary_and_says_so(signed_in, source):
    paragraph = ParagraphFactory(source=source, number=1, summary="She is guarded.")
    CitationFactory(paragraph=paragraph, quote="two constables")
    text = text_of(page_of(signed_in, source))
    for words in ("Unverified", "The text is not here", "She is guarded.", "two constables"):
        assert words in text
    assert "Not in this text" not in text


def test_paragraphs_on_which_nothing_rests_lead_from_one_to_the_next(signed_in, source):
    used, *unused = ParagraphFactory.create_batch(4, source=source, text=TEXT)
    CitationFactory(paragraph=used)
    response = page_of(signed_in, source)
    numbers = [str(one.number) for one in unused]
    after = [one.next_unused for one in response.context["paragraphs"]]
    assert [cell and cell.text for cell in after] == [
        None,
        f"¶{numbers[1]}",
        f"¶{numbers[2]}",
        None,
    ]
    assert response.context["first_unused"].url == reader_url(unused[0])
    assert text_of(response).count("Nothing rests on it yet") == 3
    assert [one.number for one in shown(signed_in, source, show="unused")] == numbers


def test_long_source_is_paged_and_each_paragraph_found_on_its_page(signed_in, source, monkeypatch):
    monkeypatch.setattr(reader, "PARAGRAPHS_A_PAGE", 2)
    monkeypatch.setattr(display, "PARAGRAPHS_A_PAGE", 2)
    rows = [ParagraphFactory(source=source, number=number) for number in (1, 2, 5, 7, 9)]
    for row in rows:
        response = signed_in.get(reader_url(row))
        assert str(row.number) in [one.number for one in response.context["paragraphs"]]
    assert [one.number for one in shown(signed_in, source, p="2")] == ["5", "7"]


@pytest.mark.parametrize("query", [{"p": "x"}, {"at": "x"}, {"at": "0"}, {"show": "all"}])
def test_nonsense_in_the_address_shows_the_first_page(signed_in, paragraph, query):
    assert [one.number for one in shown(signed_in, paragraph.source, **query)] == ["1"]


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "link": "<a href=javascript:alert(1)>x</a>",
    "item": "</p></li><li class=paragraph id=p9>9",
    "templates": "{{ 7 }}{% debug %}",
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_text_wherever_the_page_shows_it(signed_in, source, words):
    Source.objects.filter(pk=source.pk).update(title=words, publisher=words)
    text = ParagraphFactory(source=source, number=1, text=f"It says {words} and more.")
    bare = ParagraphFactory(source=source, number=2, summary=words)
    for paragraph, quote in ((text, words), (text, f"{words} not"), (bare, words)):
        CitationFactory(paragraph=paragraph, quote=quote, note=words, value=words)
    page = text_of(page_of(signed_in, source, cite="1"))
    for live in ("<script>alert", '" onmouseover', "<a href=javascript", "<li class=paragraph"):
        assert live not in page
    assert [one.number for one in shown(signed_in, source)] == ["1", "2"]
    assert "It says " in page


def test_unseen_characters_are_shown_and_stay_in_the_words(signed_in, source):
    ParagraphFactory(source=source, number=1, text="con\u200bstables")
    page = text_of(page_of(signed_in, source))
    assert (
        'con<bdi class="unseen" role="img" title="U+200B ZERO WIDTH SPACE" '
        'aria-label="U+200B ZERO WIDTH SPACE">\u200b</bdi>stables'
    ) in page


def test_character_that_reorders_does_not_reach_the_page(signed_in, source):
    paragraph = ParagraphFactory(source=source, number=1, text="constables")
    Paragraph.objects.filter(pk=paragraph.pk).update(text="con\u202estables")  # past every form
    page = text_of(page_of(signed_in, source))
    assert "\u202e" not in page
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in page


def queries_of(client, source):
    with CaptureQueriesContext(connection) as asked:
        assert page_of(client, source).status_code == 200
    return len(asked)


@pytest.mark.parametrize("signed", ["superuser", "member"])
def test_page_costs_the_same_queries_for_one_citation_and_for_twenty(
    signed, signed_in, member, paragraph
):
    kinds = ("source", "paragraph", "citation", "official")
    client = signed_in if signed == "superuser" else member(*(f"view_{kind}" for kind in kinds))
    CitationFactory(paragraph=paragraph)
    page_of(client, paragraph.source)
    at_one = queries_of(client, paragraph.source)
    for number in range(2, 21):
        CitationFactory(paragraph=ParagraphFactory(source=paragraph.source, number=number))
    assert queries_of(client, paragraph.source) == at_one <= 15


@pytest.mark.parametrize("codenames", [["view_source"], ["view_paragraph"], ["view_citation"]])
def test_reading_takes_the_permission_to_view_sources_and_paragraphs(member, source, codenames):
    assert page_of(member(*codenames), source).status_code == 403


def test_who_may_not_view_citations_sees_the_text_alone(member, paragraph):
    CitationFactory(paragraph=paragraph, quote="Two constables")
    ParagraphFactory(source=paragraph.source, number=2, text="Nothing.")
    text = text_of(page_of(member("view_source", "view_paragraph"), paragraph.source))
    assert "Two constables go with her." in text
    assert "<mark" not in text
    assert "Nothing rests on" not in text


def test_record_that_one_may_not_view_is_named_without_a_link(member, paragraph):
    CitationFactory(paragraph=paragraph, official=OfficialFactory(ref="ada"))
    client = member("view_source", "view_paragraph", "view_citation")
    (read,) = shown(client, paragraph.source)
    assert "ada" in read.entries[0].record.text
    assert read.entries[0].record.url == ""


def test_who_may_not_cite_is_not_offered_to(member, paragraph):
    client = member("view_source", "view_paragraph", "view_citation")
    assert "?cite=" not in text_of(page_of(client, paragraph.source))
    assert page_of(client, paragraph.source, cite="1").status_code == 403
    assert client.get(page_url(Source, "records", paragraph.source.pk)).status_code == 403


def test_no_source_and_no_paragraph_are_not_found(signed_in, paragraph):
    assert signed_in.get(page_url(Source, "read", 4711)).status_code == 404
    assert page_of(signed_in, paragraph.source, cite="4711").status_code == 404
    assert page_of(signed_in, paragraph.source, cite="one").status_code == 404


def test_pages_of_source_paragraph_and_citation_lead_to_the_reader(signed_in, paragraph):
    citation = CitationFactory(paragraph=paragraph)
    for address, row in (
        (change_page(paragraph.source), paragraph.source),
        (page_url(Source, "changelist"), paragraph.source),
        (change_page(paragraph), paragraph),
        (page_url(Citation, "changelist"), citation.paragraph),
    ):
        assert f'href="{reader_url(row)}"' in text_of(signed_in.get(address))
