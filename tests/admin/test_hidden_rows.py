"""Rows of a kind that a user may not view are not told of in passing either."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from roster.admin.display import page_url
from roster.models import Official, Source
from tests.admin.pages import change_page, page, text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    UserFactory,
)


@pytest.fixture
def reader(client, db):
    """Signs in somebody who may view rows of these kinds only."""

    def signed_in_with(*models):
        user = UserFactory(is_staff=True)
        codenames = [f"view_{model}" for model in models]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def test_list_of_officials_leaves_out_roles_protections_and_threats(reader):
    official = OfficialFactory()
    RoleFactory(official=official, title="Secretary", end="..")
    ThreatFactory(official=official)
    response = reader("official").get(page_url(Official, "changelist"))
    listed = response.context["cl"]
    assert {"current_roles", "protected_today", "evidence"}.isdisjoint(listed.list_display)
    assert [spec.title for spec in listed.filter_specs] == []
    assert "Secretary" not in text_of(response)


@pytest.mark.parametrize("parameter", ["protected", "threat_source", "evidence"])
def test_hidden_filter_is_refused_in_the_address(reader, parameter):
    response = reader("official").get(page_url(Official, "changelist"), {parameter: "yes"})
    assert response.status_code == 302


def test_list_of_sources_leaves_out_the_counts(reader):
    source = CitationFactory().paragraph.source
    response = reader("source").get(page_url(Source, "changelist"))
    assert source in response.context["cl"].result_list
    shown = response.context["cl"].list_display
    assert {"paragraph_count", "citation_count"}.isdisjoint(shown)


def test_history_and_latest_changes_leave_out_rows_of_other_kinds(reader):
    official = OfficialFactory(ref="ann")
    RoleFactory(official=official, ref="ann/secret-role")
    client = reader("official")
    history = client.get(page(official, "history"))
    assert [shown.label for shown in history.context["changes"]] == ["official:ann"]
    assert "secret-role" not in text_of(client.get(change_page(official)))


def test_rows_in_place_and_what_is_below_them_are_left_out(reader):
    extension = ExtensionFactory(granted_by="Somebody")
    official = extension.protection.official
    assert extension.protection.ref not in text_of(reader("official").get(change_page(official)))
    below = text_of(reader("official", "protection").get(change_page(official)))
    assert "Level: part time" in below
    assert "Somebody" not in below


def test_rows_in_place_have_no_state_for_who_may_not_view_citations(reader):
    protection = ProtectionFactory(level="event")
    shown = text_of(reader("official", "protection").get(change_page(protection.official)))
    assert "Level: at events" in shown
    assert "evidence-state" not in shown


def test_reader_sees_rows_in_place_without_inputs(reader):
    protection = ProtectionFactory(provider="Army")
    shown = text_of(reader("official", "protection").get(change_page(protection.official)))
    assert "Army" in shown
    assert 'name="protections-0-provider"' not in shown
    assert "Why?" not in shown
