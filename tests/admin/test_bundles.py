"""Export of bundles: the zip of the command, for who may export rows of every kind."""

from __future__ import annotations

import io
import zipfile

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse

from roster.admin.display import page_url
from roster.exchange.bundle import export_bundle
from roster.models import Official
from tests.admin.exchanging import user_who_may
from tests.admin.pages import change_page, text_of
from tests.factories import OfficialFactory, ProtectionFactory, UserFactory


def downloaded(client, url):
    response = client.post(url)
    assert response["Content-Type"] == "application/zip"
    return response["Content-Disposition"], b"".join(response.streaming_content)


@pytest.fixture
def pompeo(db):
    official = OfficialFactory(ref="state/pompeo", name="Mike <b>Pompeo</b>")
    ProtectionFactory(official=official)
    ProtectionFactory()
    return official


def bundle_of(official):
    return page_url(Official, "bundle", official.pk)


@time_machine.travel("2024-07-18T12:00Z")
def test_the_whole_roster_is_the_zip_of_the_command(signed_in, pompeo, tmp_path):
    export_bundle(tmp_path / "a.zip")

    said, content = downloaded(signed_in, reverse("admin:bundle"))
    assert content == (tmp_path / "a.zip").read_bytes()
    assert said == 'attachment; filename="roster-2024-07-18.zip"'


@time_machine.travel("2024-07-18T12:00Z")
def test_one_official_is_the_zip_of_the_command(signed_in, pompeo, tmp_path):
    export_bundle(tmp_path / "a.zip", officials=[pompeo.ref])

    said, content = downloaded(signed_in, bundle_of(pompeo))
    assert content == (tmp_path / "a.zip").read_bytes()
    assert said == 'attachment; filename="state-pompeo-2024-07-18.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("protections.csv").count(b"\n") == 2


def test_the_page_says_how_many_rows_of_each_file(signed_in, pompeo):
    whole = text_of(signed_in.get(reverse("admin:bundle")))
    one = text_of(signed_in.get(bundle_of(pompeo)))

    assert '<th scope="row">protections.csv</th><td>2</td>' in whole
    assert '<th scope="row">protections.csv</th><td>1</td>' in one
    assert "Export the bundle of Mike &lt;b&gt;Pompeo&lt;/b&gt;" in one


def test_pages_lead_to_the_bundles(signed_in, pompeo):
    index = signed_in.get(reverse("admin:index")).content.decode()
    official = signed_in.get(change_page(pompeo)).content.decode()

    assert f'href="{reverse("admin:bundle")}"' in index
    assert f'href="{bundle_of(pompeo)}"' in official


def test_an_official_who_is_not_there_has_no_bundle(signed_in):
    assert signed_in.get(page_url(Official, "bundle", 99)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_export_officials_alone_gets_no_bundle(client, pompeo, method):
    client.force_login(user_who_may("view", "export"))

    for url in (reverse("admin:bundle"), bundle_of(pompeo)):
        assert getattr(client, method)(url).status_code == 403
    assert bundle_of(pompeo) not in client.get(change_page(pompeo)).content.decode()
    assert reverse("admin:bundle") not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("group", "status"),
    [("Viewer", 403), ("Analyst", 200), ("Reviewer", 200), ("Administrator", 200)],
)
def test_bundles_are_for_the_groups_that_export(client, db, group, status):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(reverse("admin:bundle")).status_code == status
