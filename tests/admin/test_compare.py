"""Two moments of a record side by side, with what hung on it then."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape, strip_tags

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Changeset, Official, Protection
from tests.admin.pages import FACTORIES, page, text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    UserFactory,
)

LONG = "One two three four five six seven eight nine ten eleven twelve thirteen."
KINDS = ("official", "role", "threat_source", "threat", "protection", "extension")


def act():
    return changeset(reason="Act.", kind="edit")


def last():
    return f"#{Changeset.objects.newest_first()[0].position}"


@pytest.fixture
def ada(db):
    with act():
        official = OfficialFactory(ref="ada", name="Ada", summary=LONG)
        RoleFactory(official=official, ref="ada/envoy", title="Envoy")
        ProtectionFactory(official=official, ref="ada/protection", level="event")
    return official


def compared(client, row, **asked):
    return client.get(page_url(type(row), "compare", row.pk), asked)


def told(response, kind="records"):
    return {one.label: one for one in response.context[kind]}


def text_in(stretches):
    return "".join(f"[{one.text}]" if one.differs else one.text for one in stretches)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_record_is_compared(signed_in, kind):
    with act():
        row = FACTORIES[kind]()
    first = last()
    with act():
        type(row).objects.filter(pk=row.pk).update(summary="Another.")
    response = compared(signed_in, row, **{"from": first, "to": last()})
    (record,) = response.context["records"]
    (field,) = record.differing
    assert (record.label, record.standing, field.heading) == (row.label, "changed", "Summary")
    assert (text_in(field.old), text_in(field.new)) == ("—", "[Another.]")


def test_words_changed_in_a_long_text_are_marked(signed_in, ada):
    first = last()
    with act():
        Official.objects.filter(pk=ada.pk).update(summary=LONG.replace("six", "SIX & <b>"))
    text = text_of(compared(signed_in, ada, **{"from": first}))
    assert "five <del>six </del>seven" in text
    assert f"five <ins>{escape('SIX & <b> ')}</ins>seven" in text


def test_children_added_deleted_and_changed_are_told(signed_in, ada):
    first = last()
    with act():
        ada.roles.get().delete()
        RoleFactory(official=ada, ref="ada/judge", title="Judge")
        ada.protections.update(level="unknown")
    response = compared(signed_in, ada, **{"from": first, "to": last()})
    assert {label: one.standing for label, one in told(response).items()} == {
        "role:ada/envoy": "deleted",
        "role:ada/judge": "added",
        "protection:ada/protection": "changed",
    }
    assert list(told(response, "unchanged")) == ["official:ada"]


def test_deleted_record_is_told_once_and_without_what_it_did_not_say(signed_in, ada):
    first = last()
    with act():
        ada.roles.get().delete()
    (record,) = compared(signed_in, ada, **{"from": first}).context["records"]
    assert [field.heading for field in record.differing] == ["Ref", "Official", "Title"]
    assert record.same == ()


def test_protection_brings_its_extensions_and_the_citations_of_both(signed_in, ada):
    protection = ada.protections.get()
    with act():
        extension = ExtensionFactory(protection=protection, ref="ada/protection/1", start="2020")
        paragraph = ParagraphFactory(source=SourceFactory(ref="notice"), number=7)
    first = last()
    with act():
        CitationFactory(
            official=None,
            extension=extension,
            field="start",
            paragraph=paragraph,
            quote="that year",
        )
    response = compared(signed_in, protection, **{"from": first})
    (record,) = response.context["records"]
    (field,) = record.differing
    assert (record.label, field.heading) == ("extension:ada/protection/1", "Start")
    assert [one.quote for one in field.new_citations] == ["that year"]
    assert field.old_citations == ()
    assert "<q>that year</q>, notice ¶7" in text_of(response)


def test_deleted_record_is_compared_with_its_former_self(signed_in, ada):
    first = last()
    key = ada.pk
    with act():
        ada.roles.all().delete()
        ada.protections.all().delete()
        ada.delete()
    response = signed_in.get(page_url(Official, "compare", key), {"from": first})
    assert response.status_code == 200
    assert told(response)["official:ada"].standing == "deleted"


def test_same_moment_twice_shows_no_difference(signed_in, ada):
    response = compared(signed_in, ada, **{"from": last(), "to": last()})
    assert response.context["records"] == []
    assert "Nothing differs." in text_of(response)
    assert "3 records unchanged" in text_of(response)


def test_record_of_neither_moment_is_not_found(signed_in, ada):
    first = last()
    with act():
        other = OfficialFactory()
    response = compared(signed_in, other, **{"from": first, "to": first})
    assert response.status_code == 404
    assert "There was no such official at either moment." in text_of(response)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "yesterday"}, "“yesterday” is not a moment"),
        ({"from": "#1", "to": "#99999"}, "There is no changeset #99999"),
        ({"to": "#1"}, "Say from when: give a day such as 2024-08-01"),
        ({"from": "<b>"}, "“<b>” is not a moment"),
    ],
)
def test_moment_that_is_none_is_refused_with_a_sentence(signed_in, ada, asked, sentence):
    assert escape(sentence) in text_of(compared(signed_in, ada, **asked))


def test_page_without_moments_only_asks(signed_in, ada):
    response = compared(signed_in, ada)
    assert response.status_code == 200
    assert "errorlist" not in text_of(response)


def test_history_offers_two_moments_of_each_change(signed_in, ada):
    with act():
        Official.objects.filter(pk=ada.pk).update(summary="Another.")
    text = text_of(signed_in.get(page(ada, "history")))
    assert f'<form method="get" action="{page_url(Official, "compare", ada.pk)}">' in text
    assert f'name="to" value="{last()}" aria-label="To Edit {last()}" checked' in text


def test_history_of_what_is_no_record_offers_none(signed_in):
    with act():
        source = SourceFactory()
    assert "Compare" not in text_of(signed_in.get(page(source, "history")))


def test_comparing_is_for_those_who_may_view_the_record(client, ada):
    client.force_login(UserFactory(is_staff=True))
    assert compared(client, ada, **{"from": last()}).status_code == 403


def test_what_may_not_be_viewed_is_left_out(client, ada):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_official"))
    client.force_login(user)
    first = last()
    with act():
        ada.protections.update(level="unknown")
        CitationFactory(official=ada, quote="hidden words")
    response = compared(client, ada, **{"from": first})
    assert response.context["records"] == []
    assert "hidden words" not in strip_tags(text_of(response))


def test_comparing_costs_the_same_queries_however_much_hangs_on_it(signed_in, ada):
    counts = []
    protection = ada.protections.get()
    for size in (1, 20):
        with act():
            for _ in range(size):
                extension = ExtensionFactory(protection=protection)
                CitationFactory(official=None, extension=extension, field="start")
        first = last()
        with act():
            Protection.objects.filter(pk=protection.pk).update(level="unknown", summary=str(size))
        for row in (ada, protection):
            compared(signed_in, row, **{"from": first})
            with CaptureQueriesContext(connection) as captured:
                compared(signed_in, row, **{"from": first})
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
