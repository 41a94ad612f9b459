"""Forms sent at the same moment: one after the other, and none overwrites another unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from roster.history.changesets import changeset
from roster.models import Official
from tests.admin.pages import OpenForm, change_page
from tests.factories import OfficialFactory, ProtectionFactory, SuperuserFactory

EDITORS = 4


@pytest.fixture
def ann(own_database):
    with changeset(reason="Seed.", kind="seed"):
        official = OfficialFactory(ref="ann", name="Ann")
        ProtectionFactory(ref="ann/protection", official=official, level="event")
        return official


@pytest.fixture
def forms(ann):
    """The official's form as each of several people has opened it."""
    opened = []
    for _ in range(EDITORS):
        client = Client()
        with changeset(reason="Account.", kind="command"):
            client.force_login(SuperuserFactory())
        opened.append(OpenForm(client, change_page(ann)))
    return opened


def send_at_once(forms, values):
    """Send each form with its values, none before all are ready; the responses' status codes."""
    ready = Barrier(len(forms))

    def send(form, sent):
        try:
            ready.wait()
            return form.send(**sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms, values))


@pytest.mark.parametrize(
    "field", ["summary", "protections-0-provider"], ids=["record", "row in place"]
)
def test_one_field_is_written_by_one_and_asked_of_the_others(forms, ann, field):
    codes = send_at_once(forms, [{field: f"Editor {number}"} for number in range(EDITORS)])
    assert sorted(codes) == [200] * (EDITORS - 1) + [302]
    row = Official.objects.get() if field == "summary" else ann.protections.get()
    assert getattr(row, field.rpartition("-")[2]) == f"Editor {codes.index(302)}"


def test_fields_of_each_are_all_written(forms, ann):
    values = [{"name": "Anna"}, {"summary": "S"}, {"honorific": "Dr"}, {"country": "GB"}]
    assert send_at_once(forms, values) == [302] * EDITORS
    found = Official.objects.values_list("name", "summary", "honorific", "country").get()
    assert found == ("Anna", "S", "Dr", "GB")
