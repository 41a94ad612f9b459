"""The timeline of one official: all of it on the official's page, zoomed on its own."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.models import Official
from tests.admin.pages import change_page, text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ALL_MODELS = (
    *("official", "protection", "protectionextension", "threat", "role", "threatsource"),
    *("citation", "paragraph", "source"),
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23T12:00Z", tick=False):
        yield


@pytest.fixture
def ann():
    """An official with one of each kind, cited."""
    ann = OfficialFactory(ref="ann-roe", name="Ann Roe")
    protection = ProtectionFactory(
        official=ann, level="event", provider="City police", start="2020", end="2027-03-31"
    )
    ExtensionFactory(protection=protection, number=8, start="2024", end="2027-03-31")
    ThreatFactory(official=ann, kind="plot", status="foiled", threat_source__name="Ruritania")
    RoleFactory(official=ann, title="Envoy", start="2019", end="..")
    paragraph = ParagraphFactory(source__ref="a-notice", source__published="2024", number=7)
    CitationFactory(official=None, protection=protection, field="end", paragraph=paragraph)
    return ann


def timeline_url(official):
    return page_url(Official, "timeline", official.pk)


def shown(client, official, **asked):
    return client.get(timeline_url(official), asked).context["timeline"]


def titles(svg):
    return re.findall(r'<a class="bar" href="([^"]*)"><title>([^<]*)</title>', svg)


def texts(rows):
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def member_of(client, *models):
    user = UserFactory(is_staff=True)
    codenames = [f"view_{model}" for model in models]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_each_bar_leads_to_its_record_and_says_what_it_rests_on(signed_in, ann):
    bars = titles(shown(signed_in, ann).svg)
    protection = ann.protections.get()
    assert bars[0] == (
        change_page(protection),
        (
            "Protection: At events, City police. Start: 2020. End: 31 March 2027. "
            "In force today: definitely. Extended at least 8 times. Evidence: a-notice ¶7."
        ),
    )
    records = (protection.extensions.get(), ann.threats.get(), ann.roles.get())
    assert [url for url, _ in bars[1:4]] == [change_page(record) for record in records]
    assert all(words.endswith("Evidence: no evidence.") for _, words in bars[1:4])
    assert bars[4][0] == f"{page_url(type(source()), 'read', source().pk)}#p7"


def source():
    from roster.models import Source

    return Source.objects.get(ref="a-notice")


def test_table_says_the_same_with_links_to_record_and_citation(signed_in, ann):
    timeline = shown(signed_in, ann)
    assert texts(timeline.rows) == [
        "Protection At events, City police 2020 31 March 2027 Definitely 8 a-notice ¶7",
        "Extension 8 2024 31 March 2027 Definitely No evidence",
        "Threat Plot, foiled: Ruritania unknown unknown Possibly No evidence",
        "Role Envoy 2019 open: no end foreseen Definitely No evidence",
        f"Source {source().title} 2024 Supports 1 value",
    ]
    assert f'href="{change_page(ann.protections.get())}"' in timeline.rows[0]
    assert "/read/#p7" in timeline.rows[0]


def test_more_citations_than_one_lead_to_the_evidence_of_the_record(signed_in, ann):
    protection = ann.protections.get()
    CitationFactory(official=None, protection=protection, field="start")
    row = shown(signed_in, ann).rows[0]
    assert f'<a href="{change_page(protection)}#evidence">and 1 more</a>' in row


def test_the_sentence_says_how_coverage_goes_on(signed_in, ann):
    assert shown(signed_in, ann).covered == (
        "Definitely covered until 31 March 2027, then not covered."
    )


def test_the_official_s_page_shows_all_of_it_and_leads_to_the_zooms(signed_in, ann):
    page = text_of(signed_in.get(change_page(ann)))
    assert '<svg class="timeline"' in page
    assert "January 2018 to December 2028" in page
    assert f'href="{timeline_url(ann)}?zoom=quarter"' in page


@pytest.mark.parametrize(
    ("asked", "window", "steps"),
    [
        ({}, "January 2018 to December 2028", []),
        ({"zoom": "fit"}, "January 2018 to December 2028", []),
        (
            {"zoom": "year"},
            "January 2019 to December 2028",
            ["?zoom=year&from=2014-01", "?zoom=year&from=2024-01"],
        ),
        (
            {"zoom": "quarter", "from": "2021"},
            "January 2021 to December 2023",
            ["?zoom=quarter&from=2020-01", "?zoom=quarter", "?zoom=quarter&from=2022-01"],
        ),
        (
            {"zoom": "month", "from": "2026-04"},
            "April 2026 to March 2027",
            ["?zoom=month&from=2025-10", "?zoom=month&from=2026-10"],
        ),
        (
            {"zoom": "month", "from": "0001"},
            "January 1 to December 1",
            ["?zoom=month", "?zoom=month&from=0001-07"],
        ),
        (
            {"zoom": "year", "from": "9999-12"},
            "January 9990 to December 9999",
            ["?zoom=year&from=9985-01", "?zoom=year"],
        ),
    ],
)
def test_windows_are_zoomed_and_moved_by_links(signed_in, ann, asked, window, steps):
    windows = shown(signed_in, ann, **asked).windows
    assert windows.shown == window
    assert [step.url for step in windows.steps] == steps
    for link in (*windows.zooms, *windows.steps):
        assert signed_in.get(timeline_url(ann) + link.url).status_code == 200


def test_another_zoom_keeps_the_middle_of_the_window(signed_in, ann):
    zooms = shown(signed_in, ann, zoom="year", **{"from": "2021"}).windows.zooms
    assert [(one.text, one.url, one.is_current) for one in zooms] == [
        ("All", "?zoom=fit", False),
        ("Years", "?zoom=year&from=2021-01", True),
        ("Quarters", "?zoom=quarter&from=2024-07", False),
        ("Months", "?zoom=month&from=2025-07", False),
    ]


def test_table_has_what_the_window_has(signed_in, ann):
    rows = texts(shown(signed_in, ann, zoom="month", **{"from": "2030"}).rows)
    assert [row.split()[0] for row in rows] == ["Threat", "Role"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"zoom": "week"}, "“week” is no zoom: give one of year, quarter and month."),
        ({"from": "2021-13"}, "“2021-13” is not where a window can begin: give a year or a month"),
        ({"from": "../2021"}, "“../2021” is not where a window can begin"),
        ({"from": "0000"}, "“0000” is not where a window can begin"),
        ({"zoom": "<b>"}, "“&lt;b&gt;” is no zoom"),
    ],
)
def test_a_window_that_there_is_not_is_refused_with_a_sentence(signed_in, ann, asked, sentence):
    response = signed_in.get(timeline_url(ann), asked)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert response.context["timeline"].windows.shown == "January 2018 to December 2028"


def test_who_has_nothing_to_draw_is_told_what_to_do_first(signed_in):
    bo = OfficialFactory()
    page = text_of(signed_in.get(timeline_url(bo)))
    assert "Record a role, a threat or a protection" in page
    assert '<svg class="timeline"' not in page
    assert signed_in.get(change_page(bo)).context["timeline"] is None


def test_an_official_that_there_is_not_has_no_timeline(signed_in):
    assert signed_in.get(page_url(Official, "timeline", 987654)).status_code == 404


def test_hostile_names_are_shown_as_text(signed_in):
    hostile = "<script>\"&'</script>"
    ann = OfficialFactory(name=hostile)
    RoleFactory(official=ann, title=hostile)
    ProtectionFactory(official=ann, provider=hostile)
    ThreatFactory(official=ann, threat_source__name=hostile)
    cited = ParagraphFactory(source__title=hostile)
    CitationFactory(official=None, role=ann.roles.get(), field="title", paragraph=cited)
    for address in (timeline_url(ann), "/timeline/"):
        page = text_of(signed_in.get(address)).split('id="content-main"')[1]
        assert "<script>" not in page
        assert page.count("&lt;script&gt;") > 3


@pytest.mark.parametrize(
    ("hidden", "gone"),
    [
        ("protection", ["Protection:", "Extension 8", "Covered", "a-notice"]),
        ("protectionextension", ["Extension 8"]),
        ("threat", ["Threat:"]),
        ("role", ["Role:"]),
        ("threatsource", ["Ruritania"]),
        ("citation", ["a-notice", "Evidence:"]),
        ("source", ["a-notice", "Evidence:"]),
        ("paragraph", ["a-notice", "Evidence:"]),
    ],
)
def test_what_one_may_not_view_is_not_drawn(client, ann, hidden, gone):
    seen = [model for model in ALL_MODELS if model != hidden]
    for address in (timeline_url(ann), "/timeline/", change_page(ann)):
        page = text_of(member_of(client, *seen).get(address))
        drawn = page.split('<svg class="timeline"')[1].split("</svg>")[0]
        assert not [words for words in gone if words in drawn]
    assert "a-notice ¶7" in shown(member_of(client, *ALL_MODELS), ann).svg


def test_who_may_not_view_officials_has_no_timeline(client, ann):
    member_of(client, *ALL_MODELS[1:])
    assert client.get(timeline_url(ann)).status_code == 403
    assert client.get("/timeline/").status_code == 403


def test_page_costs_the_same_queries_for_one_bar_of_each_kind_and_for_twenty(signed_in):
    def queries_for(count):
        official = OfficialFactory()
        for _ in range(count):
            extension = ExtensionFactory(protection__official=official)
            CitationFactory(official=None, extension=extension, field="start")
            CitationFactory(official=None, role=RoleFactory(official=official), field="title")
            ThreatFactory(official=official)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(timeline_url(official))
        return len(queries)

    signed_in.get(timeline_url(OfficialFactory()))
    assert queries_for(1) == queries_for(20)
