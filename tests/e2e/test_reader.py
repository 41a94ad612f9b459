"""The reader in a browser: words are cited by mouse, by keyboard and without any script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from roster.admin.display import page_url, reader_url
from roster.history.changesets import changeset
from roster.models import Citation, Paragraph, Source
from tests.e2e.pages import follow, send
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    SuperuserFactory,
)

TEXT = "Two constables go with her wherever she goes. Nobody else in the port is guarded."
HOSTILE = "<script>document.title = 'run'</script> ¶9 con\u200bstables</p></li> javascript:alert(1)"


@pytest.fixture
def source(live_server):
    """A source with a paragraph to cite, one that is hostile, and a record cited from it."""
    with changeset(reason="Seed.", kind="seed"):
        source = SourceFactory(title="Harbour notice")
        first = ParagraphFactory(source=source, number=1, text=TEXT)
        ParagraphFactory(source=source, number=2, text=HOSTILE)
        official = OfficialFactory(ref="ada", name="Ada Fernwright")
        protection = ProtectionFactory(ref="ada/protection", official=official, level="event")
        CitationFactory(
            official=None, protection=protection, field="provider", paragraph=first, quote="her"
        )
    return source


@pytest.fixture
def session(live_server, client):
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


@pytest.fixture
def reading(page, session, source):
    """The reader's page of somebody who may cite."""
    page.context.add_cookies([session])
    page.goto(reader_url(source))
    return page


def select(page, words):
    """Select words of the first paragraph with the mouse."""
    places = page.evaluate(
        """(words) => {
            const element = document.querySelector("#p1 .words");
            const range = document.createRange();
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            const at = element.textContent.indexOf(words);
            let before = 0;
            const point = (offset, set) => {
                const length = walker.currentNode.data.length;
                if (offset >= before && offset <= before + length) set(offset - before);
            };
            while (walker.nextNode()) {
                point(at, (o) => range.setStart(walker.currentNode, o));
                point(at + words.length, (o) => range.setEnd(walker.currentNode, o));
                before += walker.currentNode.data.length;
            }
            const boxes = [...range.getClientRects()];
            const [first, last] = [boxes[0], boxes[boxes.length - 1]];
            return [first.left, first.y + first.height / 2, last.right, last.y + last.height / 2];
        }""",
        words,
    )
    page.mouse.move(places[0] + 1, places[1])
    page.mouse.down()
    page.mouse.move(places[2], places[3], steps=4)
    page.mouse.up()


def cited_now():
    return Citation.objects.exclude(quote="her").get()


def test_words_selected_with_the_mouse_are_cited(reading):
    select(reading, "Nobody else in the port")
    form = reading.get_by_role("form", name="Cite paragraph 1")
    expect(form.get_by_label("Words", exact=True)).to_have_value("Nobody else in the port")
    expect(form.get_by_label("Record")).to_be_focused()
    first = form.locator("datalist option").first
    expect(first).to_have_attribute("value", "protection:ada/protection")
    form.get_by_label("Record").fill("protection:ada/protection")
    expect(form.get_by_label("Field").locator("option[value=born]")).to_have_count(0)
    form.get_by_label("Field").select_option("level")
    expect(form.locator(".value-now")).to_have_text("It says: At events")
    form.get_by_label("disputes it").check()
    form.get_by_label("Why?").fill("Read the notice")
    follow(form.get_by_role("button", name="Cite", exact=True))
    mark = reading.locator("#p1 mark.disputes")
    expect(mark).to_have_text("Nobody else in the port")
    citation = cited_now()
    expect(reading).to_have_url(re.compile(rf"#c{citation.pk}$"))
    assert (citation.record.label, citation.field) == ("protection:ada/protection", "level")
    assert (citation.value, citation.stance) == ("event", "disputes")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_sentence_is_picked_and_cited_by_keyboard_alone(reading):
    reading.locator("#p1 a.cite").focus()
    press(reading, "Enter")
    form = reading.get_by_role("form", name="Cite paragraph 1")
    expect(form.get_by_label("Words", exact=True)).to_be_focused()
    press(reading, "Tab", "Enter", "Tab", "Space", "ArrowDown")
    expect(form.get_by_label("Words", exact=True)).to_have_value(
        "Nobody else in the port is guarded."
    )
    press(reading, "Tab")
    expect(form.get_by_label("Record")).to_be_focused()
    reading.keyboard.type("Ada Fernwright")
    expect(form.get_by_label("Field").locator("option[value=level]")).to_have_count(0)
    press(reading, "Tab")
    reading.keyboard.type("Name")
    expect(form.locator(".value-now")).to_have_text("It says: Ada Fernwright")
    press(reading, "Tab", "Tab", "Tab", "Tab")
    reading.keyboard.type("Read the notice")
    send(reading)
    expect(reading.locator("#p1 mark.supports").last).to_have_text(
        "Nobody else in the port is guarded."
    )
    assert cited_now().record.label == "official:ada"


def test_escape_closes_the_form_and_gives_the_focus_back(reading):
    cite = reading.locator("#p1 a.cite")
    cite.focus()
    press(reading, "Enter")
    form = reading.get_by_role("form", name="Cite paragraph 1")
    form.get_by_label("Why?").fill("Half typed")
    press(reading, "Escape")
    expect(form).to_have_count(0)
    expect(cite).to_be_focused()
    press(reading, "Enter")
    expect(form.get_by_label("Why?")).to_have_value("Half typed")


def test_selection_over_two_paragraphs_cites_the_first(reading):
    reading.evaluate(
        """() => {
            const [first, second] = document.querySelectorAll(".words");
            getSelection().setBaseAndExtent(first.lastChild, 30, second.lastChild, 5);
        }"""
    )
    reading.locator("#p1 a.cite").click()
    words = reading.get_by_label("Words", exact=True)
    expect(words).not_to_have_value("")
    assert TEXT.endswith(words.input_value())


def test_nearest_words_are_taken_at_a_press(reading):
    reading.locator("#p1 a.cite").click()
    form = reading.get_by_role("form", name="Cite paragraph 1")
    form.get_by_label("Words", exact=True).fill("Nobody else in the harbour is guarded")
    follow(form.get_by_role("button", name="Cite", exact=True))
    expect(form).to_contain_text("does not stand in")
    form.get_by_role("button", name="Take the nearest words").click()
    assert form.get_by_label("Words", exact=True).input_value() in TEXT


def test_number_leads_from_the_words_to_what_rests_on_them_and_back(reading):
    citation = Citation.objects.get()
    reading.get_by_role("link", name=re.compile("^1: supports provider")).click()
    expect(reading).to_have_url(re.compile(rf"#c{citation.pk}$"))
    expect(reading.locator("mark.aimed")).to_have_text("her")
    reading.get_by_role("link", name="1: to the words").click()
    expect(reading).to_have_url(re.compile(rf"#w{citation.pk}$"))


def test_hostile_text_neither_runs_nor_adds_a_paragraph(reading):
    expect(reading.locator(".paragraph")).to_have_count(2)
    expect(reading.locator("#p2 .words")).to_contain_text("<script>document.title = 'run'</script>")
    expect(reading.locator("#p2 .unseen")).to_have_attribute("title", "U+200B ZERO WIDTH SPACE")
    assert "run" not in reading.title()
    copied = reading.evaluate(
        """() => {
            getSelection().selectAllChildren(document.querySelector("#p2 .words"));
            return getSelection().toString();
        }"""
    )
    assert copied == HOSTILE
    assert Paragraph.objects.get(number=2).text == HOSTILE


def test_quote_is_typed_and_cited_without_any_script(browser, live_server, session, source):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session])
    page = context.new_page()
    page.goto(page_url(Source, "change", source.pk))
    follow(page.get_by_role("link", name="Read", exact=True))
    follow(page.get_by_role("link", name="Cite paragraph 1"))
    form = page.get_by_role("form", name="Cite paragraph 1")
    form.get_by_label("Words", exact=True).fill("Nobody else in the port")
    form.get_by_label("Record").fill("Ada Fernwright")
    form.get_by_label("Field").select_option("name")
    form.get_by_label("Why?").fill("Read the notice")
    follow(form.get_by_role("button", name="Cite", exact=True))
    expect(form).to_contain_text("The field says Ada Fernwright now. Send the form again")
    follow(form.get_by_role("button", name="Cite", exact=True))
    expect(page.locator("#p1 mark").last).to_have_text("Nobody else in the port")
    context.close()
    assert cited_now().value == "Ada Fernwright"
