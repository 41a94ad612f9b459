"""The input of a partial date: what it understood, on the page and for the script."""

from __future__ import annotations

import pytest

from roster.admin.forms.date_input import NOT_READ, PartialDateInput
from tests.admin.pages import change_page, text_of
from tests.factories import ProtectionFactory


@pytest.mark.parametrize(
    ("text", "open_end", "answer"),
    [
        ("by 2024-07-18", "no", {"is_date": True, "meaning": "on or before 18 July 2024"}),
        ("2020~", "no", {"is_date": True, "meaning": "about 2020"}),
        ("", "no", {"is_date": True, "meaning": "unknown"}),
        ("..", "yes", {"is_date": True, "meaning": "open: no end foreseen"}),
        ("..", "no", {"is_date": False, "meaning": NOT_READ}),
        ("03/01/2020", "yes", {"is_date": False, "meaning": NOT_READ}),
        ("2020-13\0" + "x" * 5_000, "no", {"is_date": False, "meaning": NOT_READ}),
    ],
)
def test_meaning_of_a_typed_date(signed_in, text, open_end, answer):
    response = signed_in.get("/date-meaning/", {"text": text, "open_end": open_end})
    assert response.json() == answer


def test_meaning_is_for_those_who_are_signed_in_and_only_read(client, signed_in):
    assert signed_in.post("/date-meaning/", {"text": "2020"}).status_code == 405
    client.logout()
    assert client.get("/date-meaning/", {"text": "2020"}).status_code == 302


def test_stored_date_is_explained_without_a_script(signed_in):
    page = text_of(signed_in.get(change_page(ProtectionFactory(start="../2024-07-18", end=".."))))
    assert "on or before 18 July 2024" in page
    assert "open: no end foreseen" in page


def test_what_cannot_be_read_is_shown_as_typed_and_not_explained():
    shown = PartialDateInput().render("start", '"><script>')
    assert "&quot;&gt;&lt;script&gt;" in shown
    assert '<span class="understood" aria-live="polite"></span>' in shown


@pytest.mark.parametrize("open_end", [True, False])
def test_open_end_is_named_only_where_it_is_taken(open_end):
    shown = PartialDateInput(open_end=open_end).render("end", "")
    assert ("no end foreseen" in shown) is open_end
