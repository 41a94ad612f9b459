"""What the reader's form suggests: the source's records first, and only what one may view."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.admin.finding.named_records import MOST_SUGGESTED
from roster.models import Source
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    UserFactory,
)


@pytest.fixture
def paragraph(db):
    return ParagraphFactory()


@pytest.fixture
def protection(db):
    return ProtectionFactory(ref="ada/protection", level="part_time")


def suggestions(client, source, text=""):
    answer = client.get(page_url(Source, "records", source.pk), {"q": text}).json()
    return [one["label"] for one in answer["suggested"]], answer["chosen"]


def test_records_that_the_source_is_cited_for_are_suggested_first(signed_in, paragraph):
    *_, third = [OfficialFactory(ref=f"ada-{number}", name="Ada") for number in (1, 2, 3)]
    CitationFactory(official=third, paragraph=paragraph)
    CitationFactory(official=OfficialFactory(name="Ada"))
    assert suggestions(signed_in, paragraph.source) == (["official:ada-3"], None)
    labels, _ = suggestions(signed_in, paragraph.source, "ada")
    assert labels[:3] == ["official:ada-3", "official:ada-1", "official:ada-2"]


def test_kind_before_a_colon_narrows_the_suggestions(signed_in, paragraph, protection):
    OfficialFactory(ref="ada")
    assert suggestions(signed_in, paragraph.source, "protection:ada")[0] == [protection.label]


def test_chosen_record_comes_with_its_fields_and_what_they_say(signed_in, paragraph, protection):
    _, chosen = suggestions(signed_in, paragraph.source, protection.label)
    level = next(field for field in chosen["fields"] if field["column"] == "level")
    assert chosen["label"] == protection.label
    assert level == {
        "column": "level",
        "heading": "Level",
        "cell": "part_time",
        "value": "Part time",
    }


def test_records_that_one_may_not_view_are_not_suggested(client, paragraph, protection):
    CitationFactory(official=None, protection=protection, field="level", paragraph=paragraph)
    user = UserFactory(is_staff=True)
    codenames = ["view_source", "view_paragraph", "view_official", "add_citation"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    for text in ("", "ada", protection.label):
        assert suggestions(client, paragraph.source, text) == ([], None)


@pytest.mark.parametrize("count", [1, 20])
def test_suggesting_costs_a_query_a_kind_however_many_there_are(signed_in, paragraph, count):
    for number in range(count):
        CitationFactory(official=OfficialFactory(ref=f"ada-{number}"), paragraph=paragraph)
    address = page_url(Source, "records", paragraph.source.pk)
    signed_in.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = signed_in.get(address, {"q": "ada"}).json()
    assert len(answer["suggested"]) == min(count, MOST_SUGGESTED)
    # Nothing but officials is called so, and of other kinds no row is fetched.
    assert len([query for query in asked if "is_cited" in query["sql"]]) == 1
