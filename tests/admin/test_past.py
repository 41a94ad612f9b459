"""An official in the past: what was known at a moment about what held on a day."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Changeset, Official
from tests.admin.pages import change_page, page, send, text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    UserFactory,
)

DAY = "2020-06-01"


def act(reason="Act."):
    return changeset(reason=reason, kind="command")


def last():
    """How an address names the moment at which the last changeset closed."""
    return f"#{Changeset.objects.latest('position').position}"


@pytest.fixture
def ann(db):
    """Ann with a record of each kind, the start of her protection cited."""
    with act():
        ann = OfficialFactory(ref="ann", name="Ann")
        RoleFactory(official=ann, ref="ann/envoy", title="Envoy", start="2019", end="2021")
        ThreatFactory(official=ann, ref="a-state/plot", start="2022")
        protection = ProtectionFactory(
            official=ann, ref="ann/protection", level="event", start="2019", end="2021"
        )
        ExtensionFactory(protection=protection, ref="ann/protection/1")
        source = SourceFactory(ref="notice")
        CitationFactory(
            official=None,
            protection=protection,
            field="start",
            paragraph=ParagraphFactory(source=source, number=7),
            quote="from that spring",
            value="2019",
        )
    return ann


def past(client, official, known="", on=DAY):
    key = getattr(official, "pk", official)
    return client.get(page_url(Official, "past", key), {"known": known, "on": on})


def records(response):
    return {
        record.label: record
        for section in response.context["sections"]
        for record in section.records
    }


def values(record):
    return {field.heading: field.value for field in record.fields}


def test_all_kinds_are_shown_as_they_were_then(signed_in, ann):
    then = last()
    with act():
        ann.name, ann.country = "Anna", "CH"
        ann.save()
        ann.protections.update(level="unknown")
        ann.roles.update(title="Minister")
    shown = records(past(signed_in, ann, then))
    assert list(shown) == [
        "official:ann",
        "role:ann/envoy",
        "threat:a-state/plot",
        "protection:ann/protection",
        "extension:ann/protection/1",
    ]
    assert values(shown["official:ann"]) == {"Name": "Ann"}
    assert values(shown["role:ann/envoy"])["Title"] == "Envoy"
    assert values(shown["protection:ann/protection"])["Level"] == "At events"
    assert values(records(past(signed_in, ann, last()))["official:ann"])["Name"] == "Anna"


def test_citations_stand_at_their_fields(signed_in, ann):
    shown = records(past(signed_in, ann, last()))["protection:ann/protection"]
    (start,) = (field for field in shown.fields if field.citations)
    (citation,) = start.citations
    assert (start.heading, citation.quote, citation.value) == ("Start", "from that spring", "")
    assert "notice" in citation.place
    assert "7" in citation.place


def test_citation_of_another_value_says_which(signed_in, ann):
    with act():
        ann.protections.update(start="2018")
    shown = records(past(signed_in, ann, last()))["protection:ann/protection"]
    assert [c.value for field in shown.fields for c in field.citations] == ["2019"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2020-06-01", ("Definitely in force", "Not in force", "Definitely")),
        ("2019-06-01", ("Possibly in force", "Not in force", "Possibly")),
        ("2023-01-01", ("Not in force", "Possibly in force", "No")),
    ],
)
def test_page_says_in_words_what_was_in_force_on_the_day(signed_in, ann, day, said):
    role, threat, protected = said
    words = " ".join(strip_tags(text_of(past(signed_in, ann, last(), on=day))).split())
    assert f"ann/envoy {role} " in words
    assert f"a-state/plot {threat} " in words
    assert f": {protected} Official " in words


def test_day_is_today_where_none_is_given(signed_in, ann):
    known = last()
    with time_machine.travel("2100-06-01T12:00:00Z", tick=False):
        signed_in.force_login(UserFactory(is_staff=True, is_superuser=True))
        assert "1 June 2100" in text_of(past(signed_in, ann, known, on=""))


def test_records_deleted_since_are_there_and_say_so(signed_in, ann):
    then = last()
    with act():
        ann.roles.all().delete()
    shown = records(past(signed_in, ann, then))
    assert [one.label for one in shown.values() if one.is_deleted] == ["role:ann/envoy"]
    assert "Deleted since" in text_of(past(signed_in, ann, then))
    assert "role:ann/envoy" not in records(past(signed_in, ann, last()))


def test_official_deleted_since_is_shown_by_key(signed_in):
    with act():
        gone = OfficialFactory(ref="gone", name="Gone")
    key, then = gone.pk, last()
    send(signed_in, page(gone, "delete"), change_reason="Entered twice")
    response = past(signed_in, key, then)
    assert response.status_code == 200
    assert values(records(response)["official:gone"]) == {"Name": "Gone"}
    assert "The roster of today has no such official." in text_of(response)


def test_deletion_leads_to_the_official_as_before_it(signed_in):
    with act():
        gone = OfficialFactory(ref="gone")
    then = last()
    address = f"{page_url(Official, 'past', gone.pk)}?known={quote(then)}#official:gone"
    send(signed_in, page(gone, "delete"), change_reason="Entered twice")
    response = signed_in.get(change_page(Changeset.objects.latest("position")))
    assert f'href="{address}">As it was before</a>' in text_of(response)
    assert signed_in.get(address).status_code == 200


def test_official_who_was_not_there_then_is_not_found_and_the_page_says_when(signed_in):
    before = last()
    with act():
        ann = OfficialFactory(ref="ann")
    added = last()
    key = ann.pk
    with act():
        ann.delete()
    for known in (before, last()):
        response = past(signed_in, key, known)
        assert response.status_code == 404
        assert "official:ann was not in the roster then." in text_of(response)
        assert [one.url for one in response.context["moments"]] == [
            f"{page_url(Official, 'past', key)}?known={quote(added)}&on={DAY}"
        ]


@pytest.mark.parametrize("key", [4711, 2**70])
def test_official_who_never_was_is_not_found(signed_in, key):
    response = past(signed_in, key)
    assert response.status_code == 404
    assert "There has never been such an official in this roster." in text_of(response)


def test_page_without_a_moment_shows_what_is_known_now(signed_in):
    response = past(signed_in, OfficialFactory(ref="outside", name="Written outside"))
    assert values(records(response)["official:outside"]) == {"Name": "Written outside"}
    assert "As the roster is known now." in text_of(response)


def test_banner_names_the_moment_and_leads_back(signed_in, ann):
    text = " ".join(text_of(past(signed_in, ann, last())).split())
    assert f", changeset {last()}. Nothing can be edited here." in text
    assert f'<a href="{change_page(ann)}">Back to now</a>' in text


def test_page_has_no_link_to_edit_and_no_form_that_writes(signed_in, ann):
    response = past(signed_in, ann, last())
    main = text_of(response).split('id="content-main"')[1]
    assert 'method="post"' not in main.split("</main>")[0].casefold()
    assert main.count(change_page(ann)) == 1
    for row in (ann.protections.get(), ann.roles.get()):
        assert change_page(row) not in main


def test_history_leads_to_each_entry_as_it_was_then(signed_in, ann):
    with act():
        ann.name = "Anna"
        ann.save()
    response = signed_in.get(page(ann, "history"))
    newest = response.context["changes"][0]
    assert newest.past.text == "As it was then"
    assert f'href="{newest.past.url}"' in text_of(response)
    then = signed_in.get(newest.past.url)
    assert values(records(then)["official:ann"])["Name"] == "Anna"


def test_entries_without_changeset_or_official_lead_nowhere(signed_in, analyst):
    outside = signed_in.get(page(OfficialFactory(), "history"))
    of_an_account = signed_in.get(page(analyst, "history"))
    assert [one.past for one in outside.context["changes"]] == [None]
    assert [one.past for one in of_an_account.context["changes"]] == [None]


def test_page_of_an_official_leads_to_its_past(signed_in, ann):
    assert f'<a href="{page_url(Official, "past", ann.pk)}">In the past</a>' in text_of(
        signed_in.get(change_page(ann))
    )


def test_what_a_user_may_not_view_is_left_out(client, ann):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    assert past(client, ann).status_code == 403
    seen = ("view_official", "view_role")
    user.user_permissions.set(Permission.objects.filter(codename__in=seen))
    response = past(client, ann)
    assert list(records(response)) == ["official:ann", "role:ann/envoy"]
    assert "protected" not in response.context
    for hidden in ("from that spring", "ann/protection", "cited", "Under protection"):
        assert hidden not in text_of(response).split('id="content-main"')[1]


def test_sentence_stands_beside_a_moment_that_is_none(signed_in, ann):
    response = past(signed_in, ann, "yesterday")
    assert response.status_code == 200
    assert "“yesterday” is not a moment" in text_of(response)
    assert "sections" not in response.context


def test_hostile_text_is_text(signed_in):
    with act():
        ann = OfficialFactory(name="<b>Ann</b>", summary="<script>alert(1)</script>")
        CitationFactory(official=ann, quote="<i>words</i>", note="<u>note</u>")
    text = text_of(past(signed_in, ann, last()))
    for markup in ("<b>Ann", "<script>alert", "<i>words", "<u>note"):
        assert markup not in text
    assert "&lt;i&gt;words" in text


def test_page_costs_the_same_queries_however_much_hangs_on_the_official(signed_in, ann):
    counts = []
    for more in (0, 10):
        with act():
            OfficialFactory()
            for protection in ProtectionFactory.create_batch(more, official=ann):
                ExtensionFactory(protection=protection)
                CitationFactory(official=None, protection=protection, field="start")
        past(signed_in, ann, last())
        with CaptureQueriesContext(connection) as captured:
            past(signed_in, ann, last())
        counts.append(len(captured))
    assert counts[0] == counts[1]
