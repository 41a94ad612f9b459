"""The section Coverage of an official's page."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.pages import change_page, text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TELLING = ("official", "protection", "protectionextension", "citation", "source")


@pytest.fixture(autouse=True)
def _on_31_july():
    with time_machine.travel("2024-07-31T12:00Z", tick=False):
        yield


def coverage_shown(client, official):
    return client.get(change_page(official)).context["coverage"]


def test_findings_are_told_with_links_to_their_protections(signed_in):
    ann = OfficialFactory()
    expired = ProtectionFactory(
        official=ann, ref="expired", start="2020", end="2024-03-31", end_reason="expired"
    )
    lapsed = ProtectionFactory(official=ann, ref="lapsed", start="2024-05-01", end="../2024-07-30")

    shown = coverage_shown(signed_in, ann).findings
    assert [(found.protection and found.protection.url, found.sentences) for found in shown] == [
        (change_page(expired), ("Expired: the last day is 31 March 2024.",)),
        (
            None,
            ("Not covered from 1 April 2024 to 30 April 2024 (30 days), between two protections.",),
        ),
        (
            change_page(lapsed),
            (
                (
                    "Lapsed on a day that is not known (on or before 30 July 2024), and nothing is "
                    "recorded since."
                ),
            ),
        ),
    ]


def test_the_page_says_how_sure_coverage_is_today(signed_in):
    protection = ProtectionFactory(start="2020", end="2024")
    said = text_of(signed_in.get(change_page(protection.official)))
    mark = '<span class="certainty certainty-possibly">Possibly</span>'
    assert f"Under protection on 31 July 2024: {mark}" in said
    assert "Possibly in force on 31 July 2024, but no dated evidence is cited." in said


def test_an_official_without_protections_has_no_such_section(signed_in):
    assert coverage_shown(signed_in, OfficialFactory()) is None


def test_a_hostile_name_is_shown_as_text(signed_in):
    protection = ProtectionFactory(end="2024-03-31", end_reason="revoked", ended_by="<b>Eve</b>")
    response = signed_in.get(change_page(protection.official))
    assert "Revoked (by &lt;b&gt;Eve&lt;/b&gt;)" in response.text


@pytest.mark.parametrize("hidden", [None, *TELLING[1:]])
def test_who_may_not_view_what_it_tells_of_is_not_shown_it(client, hidden):
    user = UserFactory(is_staff=True)
    codenames = [f"view_{model}" for model in TELLING if model != hidden]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    protection = ProtectionFactory()
    assert (coverage_shown(client, protection.official) is None) == (hidden is not None)


def test_page_costs_the_same_queries_for_one_chain_and_for_twenty(signed_in):
    def queries_for(count):
        official = OfficialFactory()
        for _ in range(count):
            extension = ExtensionFactory(protection__official=official)
            CitationFactory(official=None, extension=extension, field="start")
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(change_page(official))
        return len(queries)

    signed_in.get(change_page(OfficialFactory()))
    assert queries_for(1) == queries_for(20)
