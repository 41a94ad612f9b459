"""The pages of the queues: what they list, for whom, and where each row leads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roster.access.groups import keep_promises
from roster.admin import paging
from roster.admin.display import row_url
from roster.admin.evidence import queues
from roster.dashboards.queue import QUEUES, Queue
from roster.models import Citation, Protection, Source
from roster.provenance.states import EvidenceState
from tests.admin.pages import text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    ThreatFactory,
    UserFactory,
)

TEXT = "Her guards stay."
LISTS = [f"/evidence/{state}/" for state in QUEUES]


@pytest.fixture
def roster(db):
    """Something in every queue."""
    ann = OfficialFactory(ref="ann", name="Ann", country="US")
    source = SourceFactory(ref="report", title="Morning Report")
    told, untold = (
        ParagraphFactory(source=source, number=number, text=text)
        for number, text in enumerate((TEXT, ""), 1)
    )
    protection = ProtectionFactory(ref="ann/protection", official=ann, provider="Guards")
    threat = ThreatFactory(ref="plot", official=ann)
    for record, column, paragraph, values in (
        (protection, "level", told, {"value": "event"}),
        (protection, "provider", told, {"quote": "no such words"}),
        (ann, "country", untold, {}),
        (threat, "kind", told, {}),
        (threat, "kind", told, {"stance": "disputes", "quote": "stay"}),
    ):
        CitationFactory(
            **{"official": None, record.record_kind: record},
            field=column,
            paragraph=paragraph,
            **{"quote": "guards stay", "value": record.cell(column), **values},
        )
    return ann


def as_member(client, group):
    keep_promises()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


def entries(response):
    return [(entry.record.text, entry.field) for entry in response.context["entries"]]


def counted(response, name):
    return {str(one.state): one.count for one in response.context[name]}


def test_overview_and_first_page_count_what_the_lists_hold(signed_in, roster):
    overview = counted(signed_in.get("/evidence/"), "counted")
    (desk,) = [one for one in signed_in.get("/").context["sections"] if one.key == "evidence"]
    first_page = {number.label.lower(): number.count for number in desk.numbers}
    assert list(overview) == [*QUEUES, "current"]
    for state in QUEUES:
        page = signed_in.get(f"/evidence/{state}/")
        assert overview[state] == first_page[state] == page.context["page"].paginator.count > 0
        assert overview[state] == len(entries(page))


def test_overview_and_first_page_lead_to_the_lists(signed_in, roster):
    for page in ("/evidence/", "/"):
        text = text_of(signed_in.get(page))
        for url in LISTS:
            assert f'href="{url}"' in text
    assert 'href="/roster/citation/?state=current"' in text_of(signed_in.get("/evidence/"))
    assert 'href="/evidence/"' in text_of(signed_in.get("/"))


def test_a_stale_row_says_both_values_and_leads_to_the_evidence_and_the_citation(signed_in, roster):
    page = text_of(signed_in.get("/evidence/stale/"))
    protection = Protection.objects.get()
    for text in (
        "part_time",
        "event",
        "report ¶1",
        f'href="{row_url(protection)}#evidence"',
        f'href="{row_url(Citation.objects.get(field="level"))}"',
    ):
        assert text in page


@pytest.mark.parametrize(("state", "ref"), [("unanchored", "ann/protection"), ("disputed", "plot")])
def test_unanchored_and_disputed_rows_lead_to_the_evidence_of_the_record(
    signed_in, roster, state, ref
):
    response = signed_in.get(f"/evidence/{state}/")
    (entry,) = response.context["entries"]
    assert entry.record.text.endswith(f":{ref}")
    assert entry.mend.url == f"{entry.record.url}#evidence"


def test_an_unsourced_row_leads_to_the_form_that_cites_its_field(signed_in, roster):
    response = signed_in.get("/evidence/unsourced/?kind=official")
    (entry,) = response.context["entries"]
    assert entry.mend.url == reverse(
        "admin:roster_citation_cite", args=("official", roster.pk, "name")
    )
    assert signed_in.get(entry.mend.url).status_code == 200


def test_an_unverified_row_leads_to_where_the_text_is_attached(signed_in, roster):
    response = signed_in.get("/evidence/unverified/")
    (entry,) = response.context["entries"]
    assert entry.mend.url == reverse("admin:roster_source_text", args=(Source.objects.get().pk,))
    assert signed_in.get(entry.mend.url).status_code == 200


def test_what_is_mended_leaves_every_count_and_list(signed_in, roster):
    Protection.objects.update(level="event")
    assert entries(signed_in.get("/evidence/stale/")) == []
    assert counted(signed_in.get("/evidence/"), "counted")["stale"] == 0
    assert "Nothing is stale." in text_of(signed_in.get("/evidence/stale/"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=protection", ["Level", "Provider"]),
        ("?kind=role", []),
        ("?record=ANN", ["Level", "Provider"]),
        ("?record=nobody", []),
        ("?source=morning", ["Level", "Provider"]),
        ("?source=evening", []),
        ("?kind=protection&record=ann&source=report&by=passage", ["Level", "Provider"]),
        ("?kind=&record=&source=&by=", ["Level", "Provider"]),
    ],
)
def test_a_queue_is_narrowed_by_its_address(signed_in, roster, query, expected):
    Citation.objects.filter(field="provider").update(value="x")
    response = signed_in.get(f"/evidence/stale/{query}")
    assert [field for _record, field in entries(response)] == expected
    if not expected:
        assert "Nothing is stale among these." in text_of(response)
        assert ">Show all</a>" in text_of(response)


@pytest.mark.parametrize(
    "query", ["kind=bogus", "by=bogus", "record=%00", f"source={'x' * 201}", "kind=<b>"]
)
def test_a_query_that_cannot_be_meant_lists_nothing_and_says_why(signed_in, roster, query):
    response = signed_in.get(f"/evidence/stale/?{query}")
    assert response.status_code == 200
    assert "entries" not in response.context
    (errors,) = response.context["form"].errors.values()
    assert all(error.endswith(".") for error in errors)
    assert "<b>" not in text_of(response)


def test_fields_without_a_citation_are_not_asked_for_a_source(signed_in, roster):
    response = signed_in.get("/evidence/unsourced/?source=evening&by=field")
    assert "source" not in response.context["form"].fields
    assert entries(response)
    assert signed_in.get("/evidence/unsourced/?by=passage").context["form"].errors


@pytest.mark.parametrize("state", ["current", "bogus", "STALE"])
def test_there_is_no_queue_of_another_state(signed_in, roster, state):
    assert signed_in.get(f"/evidence/{state}/").status_code == 404


def test_pages_keep_what_the_queue_is_narrowed_to(signed_in, roster, monkeypatch):
    monkeypatch.setattr(queues, "ENTRIES_A_PAGE", 2)
    first = signed_in.get("/evidence/unsourced/?record=ann")
    pages = first.context["page"].paginator
    assert pages.num_pages > 1
    text = text_of(first)
    assert 'href="?record=ann&amp;p=2"' in text
    assert f"1 to 2 of {pages.count}" in text
    found = [
        entry
        for number in pages.page_range
        for entry in entries(signed_in.get(f"/evidence/unsourced/?record=ann&p={number}"))
    ]
    assert len(found) == len(set(found)) == pages.count


@pytest.mark.parametrize("number", ["0", "-1", "x", "9999999999999999999999"])
def test_a_page_that_is_not_there_is_another(signed_in, roster, number):
    assert entries(signed_in.get(f"/evidence/stale/?p={number}"))


@pytest.mark.parametrize("url", ["/evidence/", "/", *LISTS])
def test_pages_cost_the_same_queries_for_few_and_for_many(signed_in, roster, url):
    counts = []
    for more in (1, 20):
        for number in range(more):
            record = ProtectionFactory(provider="Guards")
            CitationFactory(
                official=None,
                protection=record,
                field="level",
                value="event" if number % 2 else "part_time",
                quote="words" if number % 3 else "",
                paragraph=ParagraphFactory(text=TEXT if number % 4 else ""),
            )
        signed_in.get(url)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("group", ["Viewer", "Reviewer"])
@pytest.mark.parametrize("url", LISTS)
def test_who_may_not_mend_is_offered_no_link_to_it(client, roster, group, url):
    response = as_member(client, group).get(url)
    assert entries(response)
    text = text_of(response)
    assert "Where to mend it" not in text
    assert "#evidence" not in text
    assert "/cite/" not in text


def test_an_analyst_is_offered_where_to_mend_in_every_queue(client, roster):
    as_member(client, "Analyst")
    for url in LISTS:
        assert all(entry.mend for entry in client.get(url).context["entries"])


@pytest.mark.parametrize("url", ["/evidence/", *LISTS])
@pytest.mark.parametrize("lacking", ["citation", "official", "source"])
def test_queues_are_for_those_who_may_view_all_they_tell_of(client, roster, url, lacking):
    user = UserFactory(is_staff=True)
    may = Permission.objects.filter(codename__startswith="view_", content_type__app_label="roster")
    user.user_permissions.set(may)
    client.force_login(user)
    assert client.get(url).status_code == 200
    user.user_permissions.set(may.exclude(codename=f"view_{lacking}"))
    assert client.get(url).status_code == 403
    assert "/evidence/" not in text_of(client.get("/"))


@pytest.mark.parametrize("url", ["/evidence/", "/evidence/stale/"])
def test_queues_ask_who_is_there(client, roster, url):
    assert client.get(url)["Location"].startswith("/login/")


def test_markup_in_values_and_quotes_is_shown_as_text(signed_in):
    official = OfficialFactory(name="<script>alert(1)</script>")
    CitationFactory(official=official, value="<b>x</b>", quote="<i>y</i>")
    text = text_of(signed_in.get("/evidence/stale/"))
    assert "&lt;script&gt;" in text
    for markup in ("<script>alert", "<b>x", "<i>y"):
        assert markup not in text


def test_an_empty_roster_says_that_nothing_wants_work(signed_in):
    assert set(counted(signed_in.get("/evidence/"), "counted").values()) == {0}
    for url in LISTS:
        assert "Nothing is " in text_of(signed_in.get(url))


def test_a_queue_beyond_what_is_counted_says_so_on_every_page_and_is_turned_from_its_end(
    signed_in, roster, monkeypatch
):
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    monkeypatch.setattr(queues, "ENTRIES_A_PAGE", 1)
    whole = [(entry.record, entry.field) for entry in Queue(EvidenceState.UNSOURCED)]
    assert counted(signed_in.get("/evidence/"), "counted")["unsourced"] == len(whole) > 2
    first = signed_in.get("/evidence/unsourced/")
    assert "more than 2" in text_of(first)
    assert 'href="?p=-1"' in text_of(first)
    last = signed_in.get("/evidence/unsourced/?p=-1")
    shown = [entries(page)[0][0] for page in (first, last)]
    assert shown == [whole[0][0], whole[-1][0]]
