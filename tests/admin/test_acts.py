"""The pages of acts: what they ask, show and write, for whom, and what they refuse."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from roster.actions.act_plans import CHANGED_SINCE, LACKS_EVIDENCE, MOST_AT_ONCE
from roster.admin.acts.pages import OTHERS_PREVIEW
from roster.admin.acts.rights import END, EXTEND, OPEN, act_url
from roster.admin.display import page_url, row_url
from roster.history.changesets import changeset
from roster.models import (
    Changeset,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
)
from tests.admin.pages import edits, form_on, text_of
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
)

LIST = reverse("admin:roster_protection_changelist")
EXTENDED = {"end": "2025-01-18", "change_reason": "As decided."}
ENDED = {"end": "2024-01-18", "end_reason": "revoked", "change_reason": "As announced."}
OPENED = {"level": "event", "start": "2026", "change_reason": "As announced."}


@pytest.fixture
def protections(db):
    with changeset(reason="Add."):
        rows = [
            ProtectionFactory(
                ref=f"{name}/protection", official=OfficialFactory(ref=name), end="2024-07-18"
            )
            for name in ("ann-lee", "bo-roe")
        ]
        ExtensionFactory(
            protection=rows[0],
            ref="ann-lee/protection/3",
            number=3,
            end="2024-07-18",
            granted_by="The secretary",
        )
        ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7, text="It goes on.")
    return rows


def url(verb, rows):
    return act_url(verb, [row.pk for row in rows])


def previewed(client, address, **values):
    """The preview of an act, as the form on its page leads to it."""
    return client.post(address, form_on(client.get(address)) | {"preview": "Preview"} | values)


def confirmed(client, address, page, **values):
    """The page that comes when the preview on `page` is confirmed."""
    return client.post(address, form_on(page) | {"confirm": "Do it"} | values)


def test_the_form_names_what_was_chosen_and_offers_passages_cited_last(signed_in, protections):
    with changeset(reason="Cite."):
        Citation.objects.create(
            protection=protections[0], field="end", paragraph=Paragraph.objects.get()
        )
    page = text_of(signed_in.get(url(EXTEND, protections)))
    assert "ann-lee/protection" in page
    assert "bo-roe/protection" in page
    assert '<option value="a-notice#7">' in page


@pytest.mark.parametrize(
    ("verb", "values", "shown"),
    [
        (EXTEND, EXTENDED, ("extension:ann-lee/protection/4", "The secretary", "18 January 2025")),
        (END, ENDED, ("Revoked", "18 January 2024", "reaches beyond that day")),
        (OPEN, OPENED, ("protection:ann-lee/protection-2", "At events", "2026")),
    ],
)
def test_a_preview_shows_what_would_be_written_and_writes_nothing(
    signed_in, protections, verb, values, shown
):
    rows = [row.official for row in protections] if verb == OPEN else protections
    page = previewed(signed_in, url(verb, rows), **values)
    assert page.status_code == 200
    assert all(words in text_of(page) for words in shown)
    assert "Nothing is written yet." in text_of(page)
    assert not edits().exclude(reason__in=("Add.", "Account.")).exists()


def test_a_confirmed_preview_is_written_with_its_evidence(signed_in, protections, analyst):
    address = url(EXTEND, protections)
    values = EXTENDED | {"paragraph": "a-notice#7", "quote": "goes on", "credibility": "2"}
    page = previewed(signed_in, address, **values)
    assert "a-notice#7: “goes on”, cited for 8 facts" in text_of(page)
    done = signed_in.post(address, form_on(page) | {"confirm": "Extend"}, follow=True)
    act = Changeset.objects.latest("position")
    assert (act.kind, act.user, act.reason) == ("edit", analyst, "As decided.")
    assert done.redirect_chain[0][0] == page_url(Changeset, "change", act.pk)
    assert "2 protections are extended; the new end is 18 January 2025." in text_of(done)
    assert set(Protection.objects.values_list("end", flat=True)) == {"2025-01-18"}
    assert Citation.objects.filter(quote="goes on", credibility="2").count() == 8


def test_one_leads_back_to_its_official(signed_in, protections):
    address = url(END, protections[:1])
    done = confirmed(signed_in, address, previewed(signed_in, address, **ENDED))
    assert done.url == f"{row_url(protections[0].official)}#coverage"
    protections[0].refresh_from_db()
    assert (protections[0].end, protections[0].end_reason) == ("2024-01-18", "revoked")


def test_a_second_click_writes_nothing_and_is_told(signed_in, protections):
    address = url(EXTEND, protections)
    page = previewed(signed_in, address, **EXTENDED)
    assert confirmed(signed_in, address, page).status_code == 302
    again = confirmed(signed_in, address, page)
    assert again.status_code == 409
    assert "lasts until 18 January 2025 already" in text_of(again)
    assert ProtectionExtension.objects.count() == 3


def test_what_changed_since_the_preview_is_shown_again(signed_in, protections, meanwhile):
    address = url(EXTEND, protections)
    page = previewed(signed_in, address, **EXTENDED)
    meanwhile(protections[0], end="2024-10-18")
    again = confirmed(signed_in, address, page)
    assert again.status_code == 409
    assert CHANGED_SINCE in text_of(again)
    assert "18 October 2024" in text_of(again)
    assert ProtectionExtension.objects.count() == 1
    assert confirmed(signed_in, address, again).status_code == 302


def test_other_terms_than_those_previewed_are_shown_first(signed_in, protections):
    address = url(EXTEND, protections)
    page = previewed(signed_in, address, **EXTENDED)
    again = confirmed(signed_in, address, page, end="2026-01-18")
    assert again.status_code == 409
    assert "18 January 2026" in text_of(again)
    assert ProtectionExtension.objects.count() == 1


def test_the_preview_of_another_user_is_not_confirmed(signed_in, protections, client, bob):
    address = url(EXTEND, protections)
    held = form_on(previewed(signed_in, address, **EXTENDED))
    client.force_login(bob)
    answer = client.post(address, held | {"confirm": "Extend"})
    assert answer.status_code == 409
    assert OTHERS_PREVIEW in text_of(answer)
    assert ProtectionExtension.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"end": ""}, "Give the new last day, or .. where no end is foreseen."),
        ({"end": "soon"}, "“soon” is not a date that can be read"),
        ({"granted_by": "a\u202eb"}, "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ({"change_reason": " "}, "Say in a few words why"),
        ({"paragraph": "a-notice#8"}, "There is no paragraph “a-notice#8” here"),
        ({"paragraph": "<b>x</b>"}, "“&lt;b&gt;x&lt;/b&gt;” names no paragraph"),
        ({"quote": "goes on"}, "Say in which paragraph"),
        ({"paragraph": "a-notice#7", "quote": "never said"}, "does not stand in"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why(signed_in, protections, values, sentence):
    page = text_of(previewed(signed_in, url(EXTEND, protections), **EXTENDED | values))
    assert sentence in page
    assert 'name="confirm"' not in page


def test_a_refused_preview_names_what_stands_against_it_and_cannot_be_confirmed(
    signed_in, protections
):
    page = text_of(previewed(signed_in, url(EXTEND, protections), **EXTENDED | {"end": "2024"}))
    assert 'name="confirm"' in page  # the whole of 2024 may be later
    page = text_of(previewed(signed_in, url(EXTEND, protections), **EXTENDED | {"end": "2023"}))
    assert "protection:bo-roe/protection lasts until 18 July 2024 already" in page
    assert 'name="confirm"' not in page


@pytest.mark.parametrize("keys", ["", "1,", "a", "9" * 19, "1;2"])
def test_an_address_without_records_asks_for_some(signed_in, keys):
    page = text_of(signed_in.get(f"{reverse('admin:roster_protection_extend')}?keys={keys}"))
    assert "No protection is chosen" in page


def test_a_record_that_is_gone_refuses_the_act(signed_in, protections):
    address = act_url(EXTEND, [protections[0].pk, 10**9])
    page = text_of(previewed(signed_in, address, **EXTENDED))
    assert "One is not there any more" in page


def test_where_evidence_is_required_the_form_asks_for_it(signed_in, protections, settings):
    settings.ROSTER_EVIDENCE = "require"
    address = url(END, protections)
    page = previewed(signed_in, address, **ENDED)
    assert LACKS_EVIDENCE in text_of(page)
    assert 'name="confirm"' not in text_of(page)
    page = previewed(signed_in, address, **ENDED | {"paragraph": "a-notice#7"})
    assert confirmed(signed_in, address, page).status_code == 302
    assert set(Protection.objects.values_list("end_reason", flat=True)) == {"revoked"}


@pytest.mark.parametrize("verb", [EXTEND, END, OPEN])
def test_hostile_names_are_text(signed_in, protections, verb):
    with changeset(reason="Edit."):
        Official.objects.filter(ref="ann-lee").update(name="<script>x</script>", search_key="x")
    rows = [row.official for row in protections] if verb == OPEN else protections
    page = text_of(signed_in.get(url(verb, rows)))
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


def ticked(client, action, rows, **values):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    model = type(rows[0])
    return client.post(page_url(model, "changelist"), chosen | values)


def test_ticked_rows_lead_to_the_act(signed_in, protections):
    assert ticked(signed_in, "extend_selected", protections).url == url(EXTEND, protections)
    assert ticked(signed_in, "end_selected", protections).url == url(END, protections)
    officials = [row.official for row in protections]
    assert ticked(signed_in, "open_for_selected", officials).url == url(OPEN, officials)


def test_all_rows_of_a_list_are_taken_up_to_the_bound(signed_in, protections, monkeypatch):
    answer = ticked(signed_in, "end_selected", protections[:1], select_across="1")
    assert answer.url == url(END, protections)
    monkeypatch.setattr("roster.actions.act_plans.MOST_AT_ONCE", 1)
    answer = ticked(signed_in, "end_selected", protections[:1], select_across="1")
    said = text_of(signed_in.get(answer.url))
    assert answer.url.startswith(LIST)
    assert "2 of the protections are chosen: at most 1 are taken at once." in said


def test_an_address_with_too_many_is_refused(signed_in, protections):
    page = text_of(signed_in.get(act_url(EXTEND, range(1, MOST_AT_ONCE + 2))))
    assert f"at most {MOST_AT_ONCE} are taken at once" in page
    assert 'name="preview"' not in page


def as_member(client, group):
    with changeset(reason="Account."):
        user = User.objects.create_user("vic", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("group", "may"),
    [("Viewer", False), ("Reviewer", False), ("Analyst", True), ("Administrator", True)],
)
def test_only_who_may_write_protections_is_offered_the_acts(client, protections, group, may):
    as_member(client, group)
    one = protections[0]
    official, own = text_of(client.get(row_url(one.official))), text_of(client.get(row_url(one)))
    assert (act_url(EXTEND, [one.pk]) in official) is may
    assert (act_url(END, [one.pk]) in own) is may
    assert (act_url(OPEN, [one.official_id]) in official) is may
    assert ("extend_selected" in text_of(client.get(LIST))) is may
    for verb, keys in ((EXTEND, [one.pk]), (END, [one.pk]), (OPEN, [one.official_id])):
        assert client.get(act_url(verb, keys)).status_code == (200 if may else 403)


def as_clerk(client, **lacking):
    """Signs in who may do what an analyst may, but for permissions of this kind."""
    with changeset(reason="Account."):
        group = Group.objects.create(name="Clerks")
        clerk = User.objects.create_user("clerk", is_staff=True)
        clerk.groups.add(group)
        may = Group.objects.get(name="Analyst").permissions.all()
        group.permissions.set(may.exclude(**lacking))
    client.force_login(clerk)


def test_who_may_not_view_extensions_is_told_of_none(client, protections):
    as_clerk(client, content_type__model="protectionextension")
    one = protections[0]
    for verb, keys in ((EXTEND, [one.pk]), (END, [one.pk])):
        assert client.get(act_url(verb, keys)).status_code == 403
    assert client.get(act_url(OPEN, [one.official_id])).status_code == 200
    assert act_url(END, [one.pk]) not in text_of(client.get(row_url(one)))


def test_who_may_not_cite_is_not_asked_for_a_passage(client, protections):
    as_clerk(client, content_type__model="citation")
    address = url(END, protections)
    page = client.get(address)
    assert "id_paragraph" not in text_of(page)
    page = previewed(client, address, **ENDED | {"paragraph": "a-notice#7"})
    assert confirmed(client, address, page).status_code == 302
    assert not Citation.objects.exists()


def test_what_has_ended_is_offered_nothing_and_what_is_open_no_extension(signed_in, protections):
    with changeset(reason="Edit."):
        Protection.objects.filter(pk=protections[0].pk).update(end_reason="revoked")
        Protection.objects.filter(pk=protections[1].pk).update(end="..")
    page = text_of(signed_in.get(row_url(protections[0].official)))
    assert act_url(END, [protections[0].pk]) not in page
    page = text_of(signed_in.get(row_url(protections[1])))
    assert act_url(END, [protections[1].pk]) in page
    assert act_url(EXTEND, [protections[1].pk]) not in page


@pytest.mark.parametrize("count", [1, 20])
def test_a_preview_asks_the_same_for_one_and_for_twenty(
    signed_in, protections, count, django_assert_num_queries
):
    with changeset(reason="Add."):
        rows = [ProtectionFactory(end="2024-07-18") for _ in range(count)]
    address = url(EXTEND, rows)
    held = form_on(signed_in.get(address)) | EXTENDED
    with django_assert_num_queries(9):
        signed_in.post(address, held | {"preview": "Preview"})
