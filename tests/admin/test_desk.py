"""The desk: its numbers are those of the lists, as each user may see them, whatever is written."""

from __future__ import annotations

from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.desk import lines
from roster.dashboards.desk import officials
from roster.history import marks
from roster.history.changesets import changeset
from roster.models import Official
from roster.provenance import tallies
from tests.admin.desks import (
    DAY,
    NINE,
    WRITES,
    fill,
    numbers_of,
    rows_listed,
    sections_of,
    under_way,
)
from tests.admin.pages import text_of
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    ThreatFactory,
    ThreatSourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

GROUPS = ("Viewer", "Analyst", "Reviewer", "Administrator")


@pytest.fixture(autouse=True)
def nine_in_the_morning(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path
    with time_machine.travel(NINE, tick=False):
        yield


@pytest.fixture
def as_member(client):
    """Signs somebody of a group in."""

    def sign_in(group):
        with changeset(reason="Account.", kind="command"):
            user = UserFactory(username=group.lower(), is_staff=True)
            user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return user

    return sign_in


@pytest.mark.parametrize("group", GROUPS)
def test_every_number_is_that_of_the_list_to_which_it_leads(client, as_member, group):
    user = as_member(group)
    with changeset(reason="Fill.", user=UserFactory(username="author")):
        fill(seed=GROUPS.index(group))
    with changeset(reason="My own.", user=user):
        OfficialFactory()
    under_way(user)
    shown = sections_of(client.get("/"))
    assert {"covered", "ending", "gaps", "threats", "unthreatened", "evidence"} <= set(shown)
    for section in shown.values():
        assert section.lines, section.key
        for number in section.numbers:
            assert rows_listed(client, number.url) == number.count, (section.key, number.label)
        assert len(section.lines) <= 5
    found = numbers_of(client.get("/"))
    assert sum(count == 0 for count in found.values()) < 4


def test_own_sections_are_for_those_who_have_such_work(client, as_member):
    own = {}
    for group in GROUPS:
        as_member(group)
        own[group] = {section.key for section in client.get("/").context["own_sections"]}
    assert own == {
        "Viewer": {"edits"},
        "Analyst": {"edits", "imports"},
        "Reviewer": {"edits", "imports", "review"},
        "Administrator": {"edits", "imports", "review"},
    }


@pytest.mark.parametrize(
    ("lacking", "hidden"),
    [
        ("threat", {"threats", "unthreatened", "evidence"}),
        ("protection", {"covered", "ending", "gaps", "threats", "unthreatened", "evidence"}),
        ("protectionextension", {"gaps", "evidence"}),
        ("source", {"evidence"}),
        ("changeset", {"edits"}),
    ],
)
def test_what_a_user_may_not_view_is_not_on_the_desk(client, lacking, hidden):
    may = Permission.objects.filter(codename__startswith="view_", content_type__app_label="roster")
    user = UserFactory(is_staff=True)
    client.force_login(user)
    user.user_permissions.set(may)
    everything = set(sections_of(client.get("/")))
    user.user_permissions.set(may.exclude(codename=f"view_{lacking}"))
    assert everything - set(sections_of(client.get("/"))) == hidden


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize("write", WRITES)
def test_a_number_follows_what_is_written_wherever_it_is(signed_in, write, outside, monkeypatch):
    for module in (officials, tallies):
        monkeypatch.setattr(module, "KEYS_A_BUCKET", 5)
    with changeset(reason="Fill."):
        fill(officials=25)
    before = numbers_of(signed_in.get("/"))
    if outside:
        write()
    else:
        with changeset(reason="Write."):
            write()
    after = numbers_of(signed_in.get("/"))
    cache.clear()
    assert after == numbers_of(signed_in.get("/"))
    assert after.keys() == before.keys()


def test_all_is_counted_anew_after_more_writes_than_are_looked_at(signed_in, monkeypatch):
    monkeypatch.setattr(marks, "MOST_CHANGES", 3)
    ProtectionFactory(start="2020", end="..")
    assert numbers_of(signed_in.get("/"))["covered", "Definitely"] == 1
    for _ in range(4):
        ProtectionFactory(start="2020", end="..")
    assert numbers_of(signed_in.get("/"))["covered", "Definitely"] == 5


def test_numbers_are_those_of_the_day(signed_in):
    ProtectionFactory(start="2020", end="2024-02-29")
    assert numbers_of(signed_in.get("/"))["covered", "Definitely"] == 1
    with time_machine.travel("2024-03-01T09:00:00Z", tick=False):
        signed_in.force_login(UserFactory(is_staff=True, is_superuser=True))
        assert numbers_of(signed_in.get("/"))["covered", "Definitely"] == 0


def queries(client, *, cold=False):
    if cold:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    return len(captured)


def test_it_takes_few_queries_when_all_is_asked_and_fewer_when_nothing_was_written(
    client, as_member
):
    def write():
        official, unprotected = OfficialFactory(), OfficialFactory()
        ProtectionFactory(official=official, start="2020", end="2024-03-04")
        ProtectionFactory(official=official, start="2024-04-01", end="..")
        unsure = ProtectionFactory(start="2020", end="")
        ExtensionFactory(protection=unsure, end="2023")
        ThreatFactory(official=unprotected)
        ThreatFactory(official=unsure.official)

    user = as_member("Administrator")
    under_way(user)
    with changeset(reason="Mine.", user=user):
        write()
    with changeset(reason="Another’s.", user=UserFactory()):
        OfficialFactory()
    client.get("/")
    at_one = queries(client, cold=True), queries(client)
    with changeset(reason="Again.", user=user):
        for _ in range(19):
            write()
    after_a_write = queries(client)
    at_twenty = queries(client, cold=True), queries(client)
    assert max(*at_one, *at_twenty, after_a_write) <= 30
    assert at_twenty[0] <= at_one[0]
    assert at_twenty[1] == at_one[1] <= 16


def test_lines_say_what_and_by_when(signed_in):
    ann = OfficialFactory(name="Ann Roe")
    ProtectionFactory(official=ann, start="2020", end="2024-03-04", provider="Invented Guard")
    ProtectionFactory(official=ann, start="2024-03-10", end="..")
    group = ThreatSourceFactory(name="Invented League")
    ThreatFactory(threat_source=group, official=OfficialFactory(name="Bo Poe"), start="2023-05")
    shown = sections_of(signed_in.get("/"))

    def first(key):
        line = shown[key].lines[0]
        return line.what.text, line.said, line.when

    assert first("ending") == (
        "Ann Roe",
        "part time, Invented Guard",
        "end 4 March 2024, in 4 days",
    )
    assert first("gaps")[:2] == (
        "Ann Roe",
        "Not covered from 5 March 2024 to 9 March 2024 (5 days), between two protections.",
    )
    assert first("threats") == (
        "Bo Poe",
        "Plot, reported, by Invented League",
        "start May 2023",
    )


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2024-02-29", "end 29 February 2024, today"),
        ("2024-03-01", "end 1 March 2024, tomorrow"),
        ("2024-03", "end March 2024"),
        ("", "end unknown"),
    ],
)
def test_a_line_says_in_how_many_days_it_ends_where_that_is_known(signed_in, end, said):
    ProtectionFactory(start="2020", end=end)
    assert sections_of(signed_in.get("/"))["ending"].lines[0].when == said


def test_a_gap_that_closes_while_the_desk_is_asked_for_has_no_line(signed_in, monkeypatch):
    official = OfficialFactory()
    ProtectionFactory(official=official, start="2020", end="2024-03-04")
    ProtectionFactory(official=official, start="2024-03-08", end="2025")
    found = list(lines._with_gap(DAY))
    assert found == [official.pk]
    ProtectionFactory(official=official, start="2024-03-05", end="2024-03-07")
    monkeypatch.setattr(lines, "_with_gap", lambda day: iter([*found, 10**9]))
    assert list(lines.gaps(DAY)) == []


def test_names_from_outside_are_text(signed_in):
    ProtectionFactory(
        official=OfficialFactory(name="<b>Ann</b> \u202e"), start="2020", end="2024-03-04"
    )
    assert "<b>Ann</b>" not in text_of(signed_in.get("/"))


def test_a_section_with_nothing_in_it_says_so_and_links_on(signed_in):
    OfficialFactory()
    page = text_of(signed_in.get("/"))
    assert "No gap ahead, and nothing has lapsed." in page
    assert 'href="/roster/official/?gap=definitely"' in page


def test_an_empty_roster_says_what_to_do_first(client, as_member):
    as_member("Analyst")
    page = text_of(client.get("/"))
    assert "The roster is empty" in page
    assert 'href="/roster/source/add/"' in page
    as_member("Viewer")
    page = text_of(client.get("/"))
    assert "The roster is empty" in page
    assert 'href="/roster/source/add/"' not in page
    OfficialFactory()
    assert "The roster is empty" not in text_of(client.get("/"))
    assert Official.objects.count() == 1


def test_the_list_behind_a_number_begins_with_the_most_urgent(signed_in):
    ProtectionFactory(ref="a", start="2020", end="2024-03-04")
    ProtectionFactory(ref="b", start="2020", end="2024-03-02")
    ending = sections_of(signed_in.get("/"))["ending"].numbers[0]
    rows = signed_in.get(ending.url).context["cl"].result_list
    assert [row.ref for row in rows] == ["b", "a"]


def test_the_list_is_in_that_order_for_those_who_tick_no_rows_too(client, as_member):
    ProtectionFactory(ref="a", start="2020", end="2024-03-04")
    ProtectionFactory(ref="b", start="2020", end="2024-03-02")
    as_member("Viewer")
    ending = sections_of(client.get("/"))["ending"].numbers[0]
    rows = client.get(ending.url).context["cl"].result_list
    assert [row.ref for row in rows] == ["b", "a"]


def test_more_to_review_than_are_counted_are_more(client, as_member):
    with changeset(reason="Fill.", user=UserFactory()):
        OfficialFactory()
    with changeset(reason="Fill.", user=UserFactory()):
        OfficialFactory()
    as_member("Reviewer")
    with mock.patch("roster.admin.review.states.MOST_COUNTED", 1):
        page = text_of(client.get("/"))
    assert "more than 1" in page
