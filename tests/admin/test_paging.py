"""Pages of long lists: counted so far and no further, turned from either end."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import paging
from roster.admin.display import page_url
from roster.admin.officials import OfficialAdmin
from roster.admin.paging import LAST, ListPaginator, MoreThan, page_label
from roster.history.changesets import changeset
from roster.models import Official, Paragraph
from tests.admin.pages import text_of
from tests.factories import OfficialFactory, ParagraphFactory

MOST = 6
A_PAGE = 2
LIST = page_url(Official, "changelist")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", MOST)
    monkeypatch.setattr(OfficialAdmin, "list_per_page", A_PAGE)
    monkeypatch.setattr(OfficialAdmin, "list_max_show_all", 3)


def officials(count):
    return [OfficialFactory(ref=f"official-{n:02}") for n in range(1, count + 1)]


def paginator(rows=None):
    return ListPaginator(Official.objects.order_by("ref") if rows is None else rows, A_PAGE)


def numbers(page):
    return [int(row.ref[-2:]) for row in page.object_list]


def labels(page):
    return " ".join(
        f"[{turning.label}]" if turning.is_current else turning.label for turning in page.turnings
    )


def listed(response):
    return [row.ref for row in response.context["cl"].result_list]


def says(response):
    """The line below a list, without its links."""
    (line,) = re.findall(r'<p class="paginator">(.*?)</p>', text_of(response), re.DOTALL)
    return " ".join(re.sub("<.*?>", " ", line).split())


def test_up_to_the_most_all_rows_are_counted_and_their_pages_numbered(db):
    officials(MOST)
    pages = paginator()
    assert (pages.count, str(pages.count), pages.num_pages) == (6, "6", 3)
    assert [numbers(pages.page(number)) for number in (1, 2, 3)] == [[1, 2], [3, 4], [5, 6]]
    assert labels(pages.page(2)) == "1 [2] 3"


def test_of_more_rows_the_count_says_that_there_are_more(db):
    officials(MOST + 1)
    count = paginator().count
    assert f"{count} officials" == "more than 6 officials"
    assert count > MOST


def test_a_count_of_thousands_is_written_with_commas():
    assert str(MoreThan(1_001)) == "more than 1,000"


@pytest.mark.parametrize(
    ("number", "rows", "turned"),
    [
        (1, [1, 2], "[1] 2 3 … last"),
        (3, [5, 6], "1 2 [3] 4 … last"),
        (5, [9, 10], "1 … 3 4 [5] 6 … last"),
        (6, [11, 12], "1 … 4 5 [6] 7 … last"),
        (7, [13], "1 … 5 6 [7] … last"),
        (-1, [12, 13], "1 … last but 2 last but 1 [last]"),
        (-2, [10, 11], "1 … last but 3 last but 2 [last but 1] last"),
        (-5, [4, 5], "1 … last but 5 [last but 4] last but 3 last but 2 … last"),
        (-7, [1], "1 … [last but 6] last but 5 last but 4 … last"),
    ],
)
def test_pages_of_an_uncounted_list_are_turned_from_both_ends(db, number, rows, turned):
    officials(13)
    page = paginator().page(number)
    assert numbers(page) == rows
    assert labels(page) == turned


def test_every_page_that_is_offered_has_rows(db):
    officials(13)
    pages, seen, waiting = paginator(), set(), {1}
    while waiting:
        page = pages.page(number := waiting.pop())
        assert page.object_list
        seen.add(number)
        waiting |= {one.number for one in page.turnings if one.number is not None} - seen
    assert {1, 7, -1} <= seen


@pytest.mark.parametrize("number", [0, 8, 1_000_000, -8, 10**30])
def test_a_page_beyond_all_rows_is_refused_and_the_last_one_given_instead(db, number):
    officials(13)
    with pytest.raises(EmptyPage):
        paginator().page(number)
    assert numbers(paginator().get_page(number)) == [12, 13]


@pytest.mark.parametrize("number", ["x", "", None, "1.5"])
def test_what_is_no_number_is_refused_and_the_first_page_given_instead(db, number):
    officials(13)
    with pytest.raises(PageNotAnInteger):
        paginator().page(number)
    assert numbers(paginator().get_page(number)) == [1, 2]


@pytest.mark.parametrize("count", [0, 1, MOST])
def test_the_last_page_of_a_counted_list_has_its_number(db, count):
    officials(count)
    page = paginator().page(LAST)
    assert page.number == max(1, -(-count // A_PAGE))


def test_an_empty_list_has_one_page_and_nothing_to_turn_to(db):
    page = paginator().page(1)
    assert (page.object_list, page.turnings, page.paginator.count) == ([], [], 0)


def test_rows_come_in_the_order_of_the_list_from_both_ends(db):
    for n in range(1, 14):
        OfficialFactory(ref=f"official-{n:02}", country="US" if n % 2 else "FR")
    rows = Official.objects.order_by("country", "-ref")
    pages = paginator(rows)
    assert numbers(pages.page(1)) + numbers(pages.page(2)) == [12, 10, 8, 6]
    assert numbers(pages.page(-2)) + numbers(pages.page(-1)) == [7, 5, 3, 1]


def test_a_counted_list_is_sorted_as_a_long_one(db, monkeypatch):
    officials(5)
    rows = Official.objects.filter(ref__gt="official-01").order_by("-ref")
    assert [numbers(paginator(rows).page(n)) for n in (1, 2)] == [[5, 4], [3, 2]]


def test_a_row_that_goes_between_two_queries_is_left_out(db):
    officials(3)
    pages = paginator()
    pages.rows = Official.objects.exclude(ref="official-01")
    assert numbers(pages.page(1)) == [2]


def test_a_page_costs_the_same_queries_however_long_the_list(db):
    costs = []
    for count in (2, MOST, 20):
        for n in range(Official.objects.count(), count):
            OfficialFactory(ref=f"official-{n + 1:02}")
        for number in (1, LAST):
            with CaptureQueriesContext(connection) as captured:
                paginator().page(number)
            costs.append(len(captured))
    assert set(costs) == {3}


def test_a_long_list_of_the_admin_says_so_and_reaches_its_last_page(signed_in):
    officials(9)
    first = signed_in.get(LIST)
    assert says(first) == "1 2 3 … last more than 6 officials"
    assert 'href="?p=-1" class="end"' in text_of(first)
    last = signed_in.get(LIST, {"p": "-1"})
    assert listed(last) == ["official-08", "official-09"]
    assert says(last) == "1 … last but 2 last but 1 last more than 6 officials"


def test_a_list_at_the_most_is_counted(signed_in):
    officials(MOST)
    assert says(signed_in.get(LIST)) == "1 2 3 6 officials"
    assert listed(signed_in.get(LIST, {"p": "-1"})) == ["official-05", "official-06"]


@pytest.mark.parametrize(("count", "line"), [(0, "0 officials"), (1, "1 official")])
def test_a_list_of_one_page_has_none_to_turn_to(signed_in, count, line):
    officials(count)
    assert says(signed_in.get(LIST)) == line


def test_a_few_rows_can_be_shown_at_once(signed_in):
    officials(3)
    assert says(signed_in.get(LIST)) == "1 2 3 officials Show all"
    assert len(listed(signed_in.get(LIST, {"all": ""}))) == 3


def test_a_long_list_is_not_shown_at_once(signed_in):
    officials(9)
    response = signed_in.get(LIST, {"all": ""})
    assert len(listed(response)) == A_PAGE


@pytest.mark.parametrize("number", ["99", "-99", "0"])
def test_a_page_far_beyond_leads_back_to_the_list(signed_in, number):
    officials(9)
    response = signed_in.get(LIST, {"p": number})
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?e=1")


def test_a_search_that_finds_very_many_says_so_and_turns_its_pages(signed_in):
    for n in range(1, 10):
        OfficialFactory(ref=f"official-{n:02}", name=f"Ada Example {n}")
    first = signed_in.get(LIST, {"q": "example"})
    assert "more than 6 results" in text_of(first)
    assert 'href="?q=example&amp;p=-1"' in text_of(first)
    assert listed(signed_in.get(LIST, {"q": "example", "p": "-1"}))[-1] == "official-09"


def test_all_rows_of_a_long_list_are_offered_for_an_act_as_what_they_are(signed_in):
    officials(9)
    assert "Select all more than 6 officials" in text_of(signed_in.get(LIST))


@pytest.mark.parametrize("page", ["", "?p=3", "?p=-1"])
def test_an_act_on_all_rows_of_a_long_list_is_on_more_than_were_counted(signed_in, page):
    rows = officials(9)
    asked = {"_selected_action": [rows[0].pk], "select_across": "1", "index": "0"}
    export = signed_in.post(f"{LIST}{page}", asked | {"action": "export_selected"})
    assert signed_in.get(export.url).context["chosen_count"] == 9
    deletion = signed_in.post(f"{LIST}{page}", asked | {"action": "delete_selected"})
    assert deletion.context["queryset"].count() == 9
    too_many = "9 of the officials are chosen: at most 8 are taken at once."
    with mock.patch("roster.actions.act_plans.MOST_AT_ONCE", 8):
        opening = signed_in.post(f"{LIST}{page}", asked | {"action": "open_for_selected"})
    assert too_many in text_of(signed_in.get(opening.url))


def test_autocomplete_goes_on_through_a_list_that_is_not_counted(signed_in):
    for n in range(1, 46):
        OfficialFactory(ref=f"official-{n:02}", name="Ada")
    asked = {"app_label": "roster", "model_name": "role", "field_name": "official", "term": "ada"}
    found, number, more = [], 0, True
    while more:
        number += 1
        answer = signed_in.get("/autocomplete/", asked | {"page": number}).json()
        found += [one["text"] for one in answer["results"]]
        more = answer["pagination"]["more"]
    assert len(set(found)) == 45


def test_the_history_of_a_row_that_was_changed_very_often_is_turned_from_both_ends(
    signed_in, monkeypatch
):
    monkeypatch.setattr("roster.admin.base.CHANGES_A_PAGE", A_PAGE)
    official = OfficialFactory(ref="busy")
    for n in range(9):
        with changeset(reason=f"Edit {n}.", kind="command"):
            Official.objects.update(summary=f"Edit {n}.")
    url = page_url(Official, "history", official.pk)
    assert says(signed_in.get(url)) == "1 2 3 … last more than 6 changes"
    assert "Edit 0." in text_of(signed_in.get(url, {"p": "-1"}))


def test_lists_in_another_order_than_that_of_a_column_turn_too(signed_in, monkeypatch):
    monkeypatch.setattr("roster.admin.sources.ParagraphAdmin.list_per_page", A_PAGE)
    source = ParagraphFactory(number=1).source
    for n in range(2, 10):
        ParagraphFactory(source=source, number=n)
    response = signed_in.get(page_url(Paragraph, "changelist"), {"p": "-1"})
    assert [row.number for row in response.context["cl"].result_list] == [8, 9]


@pytest.mark.parametrize(
    ("number", "label"), [(1, "1"), (20, "20"), (-1, "last"), (-2, "last but 1")]
)
def test_a_page_is_called_by_the_end_it_counts_from(number, label):
    assert page_label(number) == label
