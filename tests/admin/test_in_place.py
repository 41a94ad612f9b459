"""Rows edited in place: one changeset with their record, made refs, nothing on a refused form."""

from __future__ import annotations

import pytest

from roster.admin import inlines
from roster.models import Protection, ProtectionExtension, Role, Threat
from tests.admin.pages import change_page, edits, form_on, page, text_of
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    ThreatSourceFactory,
)


@pytest.fixture
def ann(db):
    return OfficialFactory(ref="ann", name="Ann")


def send_rows(client, record, *, new=(), change_reason="New evidence", **values):
    """Send a record's form with changed values and with `new` rows: prefix and values of each."""
    url = change_page(record)
    held = form_on(client.get(url)) | values
    for prefix, row in new:
        number = int(held[f"{prefix}-TOTAL_FORMS"][0])
        held[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]
        held |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return client.post(url, held | {"change_reason": change_reason, "_save": "Save"})


def test_new_rows_of_each_kind_are_one_changeset_with_made_refs(signed_in, analyst, ann):
    iran = ThreatSourceFactory(ref="iran")
    response = send_rows(
        signed_in,
        ann,
        summary="Edited",
        new=[
            ("roles", {"title": "Head"}),
            ("threats", {"threat_source": iran.pk, "kind": "plot", "status": "foiled"}),
            ("protections", {"level": "event"}),
        ],
    )
    assert response.status_code == 302
    assert Role.objects.get().ref == "ann/head"
    assert Threat.objects.get().ref == "iran/plot/ann"
    assert Protection.objects.get().ref == "ann/protection"
    entry = edits().get()
    assert (entry.user, entry.reason, entry.change_count) == (analyst, "New evidence", 4)


def test_two_new_rows_of_one_name_get_refs_of_their_own(signed_in, ann):
    new = [("roles", {"title": "Head"}), ("roles", {"title": "Head"}), ("roles", {"title": "Head"})]
    assert send_rows(signed_in, ann, new=new).status_code == 302
    assert set(Role.objects.values_list("ref", flat=True)) == {
        "ann/head",
        "ann/head-2",
        "ann/head-3",
    }


def test_made_ref_leaves_one_alone_that_another_row_of_the_form_is_given(signed_in, ann):
    new = [("roles", {"title": "Chief", "ref": "ann/head"}), ("roles", {"title": "Head"})]
    assert send_rows(signed_in, ann, new=new).status_code == 302
    assert set(Role.objects.values_list("ref", flat=True)) == {"ann/head", "ann/head-2"}


def test_row_is_changed_in_place(signed_in, ann):
    protection = ProtectionFactory(official=ann, level="part_time")
    send_rows(signed_in, ann, **{"protections-0-level": "event"})
    protection.refresh_from_db()
    assert protection.level == "event"
    assert edits().get().change_count == 1


def test_extension_is_added_on_the_page_of_its_protection(signed_in):
    protection = ProtectionFactory(ref="ann/protection")
    new = [("extensions", {"number": "8", "decided": "2024"})]
    assert send_rows(signed_in, protection, new=new).status_code == 302
    assert ProtectionExtension.objects.get().ref == "ann/protection/8"


def test_nothing_is_written_without_a_reason(signed_in, ann):
    response = send_rows(
        signed_in, ann, summary="Edited", change_reason="", new=[("roles", {"title": "Head"})]
    )
    assert "Say in a few words why this is changed" in text_of(response)
    assert 'value="Head"' in text_of(response)
    assert not Role.objects.exists()
    assert not edits().exists()


def test_refused_row_refuses_the_whole_form_and_says_why(signed_in, ann):
    role = RoleFactory(official=ann, start="2020")
    response = send_rows(signed_in, ann, summary="Edited", **{"roles-0-end": "03/01/2020"})
    assert response.status_code == 200
    assert "“03/01/2020” is not a date that can be read" in text_of(response)
    ann.refresh_from_db()
    role.refresh_from_db()
    assert (ann.summary, role.end) == ("", "")
    assert not edits().exists()


def test_folded_row_says_what_it_is_and_leads_to_its_page(signed_in, ann):
    role = RoleFactory(official=ann, title="Head", organization="It", start="2020", end="2021")
    response = text_of(signed_in.get(change_page(ann)))
    for text in ("Head, It", "2020 – 2021", "In force today: no"):
        assert text in response
    assert f'href="{change_page(role)}"' in response
    assert f'href="{page(role, "delete")}"' in response


def test_extensions_stand_under_their_protection_on_the_page_of_the_official(signed_in, ann):
    extension = ExtensionFactory(protection=ProtectionFactory(official=ann), granted_by="Biden")
    response = text_of(signed_in.get(change_page(ann)))
    assert f'href="{change_page(extension)}"' in response
    assert "Biden" in response


def test_more_rows_than_a_form_holds_are_listed_with_links(signed_in, ann, monkeypatch):
    monkeypatch.setattr(inlines, "MOST_IN_PLACE", 1)
    roles = RoleFactory.create_batch(2, official=ann)
    response = signed_in.get(change_page(ann))
    assert "roles-TOTAL_FORMS" not in text_of(response)
    (table,) = response.context["linked_tables"]
    assert [row[0].url for row in table.rows] == [change_page(role) for role in roles]


def test_form_sent_before_there_were_too_many_rows_is_still_written(signed_in, ann, monkeypatch):
    RoleFactory(official=ann)
    held = form_on(signed_in.get(change_page(ann)))
    RoleFactory(official=ann)
    monkeypatch.setattr(inlines, "MOST_IN_PLACE", 1)
    sent = held | {"roles-0-title": "Chief", "change_reason": "Renamed"}
    assert signed_in.post(change_page(ann), sent).status_code == 302
    assert Role.objects.filter(title="Chief").exists()


def test_page_without_rows_says_so(signed_in, ann):
    response = text_of(signed_in.get(change_page(ann)))
    for kind in ("roles", "threats", "protections"):
        assert f"No {kind} are recorded." in response


def test_page_shows_the_latest_changes_of_what_belongs_to_the_official(signed_in, ann):
    RoleFactory(official=ann, ref="ann/head")
    latest = signed_in.get(change_page(ann)).context["latest_changes"]
    assert [shown.label for shown in latest] == ["role:ann/head", "official:ann"]


def test_threats_in_place_name_their_source(signed_in, ann):
    source = ThreatSourceFactory(name="Iran")
    ThreatFactory(official=ann, threat_source=source, kind="plot", status="foiled")
    assert "Plot by Iran, foiled" in text_of(signed_in.get(change_page(ann)))


def test_folded_extension_says_who_granted_it_and_when_it_was_decided(signed_in):
    protection = ProtectionFactory()
    ExtensionFactory(protection=protection, number=8, granted_by="Biden", decided="2024")
    page = text_of(signed_in.get(change_page(protection)))
    assert "No. 8, granted by Biden, decided: 2024" in page
