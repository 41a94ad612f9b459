"""Two editors on every kind of page: accounts, citations, evidence, deletions, and who may look."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.evidence.recite import NOTHING_TO_CITE
from roster.admin.forms.conflicts import CONFLICT
from roster.history.changesets import changeset
from roster.models import Change, Official
from tests.admin.exchanging import user_who_may
from tests.admin.pages import FACTORIES, OpenForm, change_page, edits, page, text_of
from tests.admin.reciting import answer, box, cite, paragraph
from tests.factories import (
    GroupFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    UserFactory,
)

# For each kind of row a text or choice that two people write: theirs, then yours.
TEXTS = {
    "official": ("summary", "Theirs", "Yours"),
    "role": ("title", "Theirs", "Yours"),
    "threat_source": ("name", "Theirs", "Yours"),
    "threat": ("motive", "Theirs", "Yours"),
    "protection": ("provider", "Theirs", "Yours"),
    "extension": ("granted_by", "Theirs", "Yours"),
    "source": ("title", "Theirs", "Yours"),
    "paragraph": ("summary", "Theirs", "Yours"),
    "citation": ("note", "Theirs", "Yours"),
    "user": ("first_name", "Theirs", "Yours"),
    "group": ("name", "Theirs", "Yours"),
}


@pytest.fixture
def ann(db):
    return OfficialFactory(ref="ann", name="Ann", country="US")


def write(row, bob, **values):
    with changeset(user=bob, reason="A newer notice"):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


@pytest.mark.parametrize("kind", TEXTS)
def test_every_form_asks_before_it_overwrites(opened, bob, kind):
    row = FACTORIES[kind]()
    name, theirs, yours = TEXTS[kind]
    form = opened(row)
    write(row, bob, **{name: theirs})
    response = form.send(**{name: yours})
    assert CONFLICT in text_of(response)
    row.refresh_from_db()
    assert getattr(row, name) == theirs
    assert form.again(response).send(**{f"{name}-keep": "mine"}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, name) == yours


def test_groups_of_a_user_merge_with_other_fields(opened, bob):
    user, group = UserFactory(username="carol"), GroupFactory(name="Night desk")
    form = opened(user)
    with changeset(user=bob, reason="Joins"):
        user.groups.add(group)
    response = form.send(follow=True, first_name="Carol")
    assert "carol: Groups (by bob)" in text_of(response)
    user.refresh_from_db()
    assert (user.first_name, list(user.groups.all())) == ("Carol", [group])


@pytest.mark.parametrize(("choice", "left"), [("mine", "Day desk"), ("theirs", "Night desk")])
def test_groups_that_both_changed_are_asked_about(opened, bob, choice, left):
    user = UserFactory(username="carol")
    night, day = GroupFactory(name="Night desk"), GroupFactory(name="Day desk")
    form = opened(user)
    with changeset(user=bob, reason="Joins"):
        user.groups.add(night)
    response = form.send(groups=[str(day.pk)])
    (asked,) = response.context["adminform"].form.meanwhile
    assert (asked.before, asked.now, asked.by) == ("—", "Night desk", "bob")
    assert form.again(response).send(**{"groups-keep": choice}).status_code == 302
    assert list(user.groups.values_list("name", flat=True)) == [left]


def test_account_disabled_meanwhile_stays_disabled(opened, bob):
    user = UserFactory(username="carol", is_active=True)
    form = opened(user)
    write(user, bob, is_active=False)
    assert form.send(first_name="Carol").status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.is_active) == ("Carol", False)


def test_field_whose_value_is_theirs_asks_nothing_about_its_citations(opened, meanwhile, ann):
    protection = ProtectionFactory(official=ann, level="part_time")
    cite(protection, "level", paragraph=paragraph(), quote="guarded her")
    form = opened(protection)
    meanwhile(protection, level="event")
    assert form.send(provider="Army").status_code == 302
    protection.refresh_from_db()
    assert (protection.level, protection.provider) == ("event", "Army")


def test_answers_about_citations_are_kept_while_choosing_and_left_with_theirs(
    opened, meanwhile, ann
):
    protection = ProtectionFactory(official=ann, level="part_time")
    citation = cite(protection, "level", paragraph=paragraph(), quote="guarded her")
    form = opened(protection)
    meanwhile(protection, level="event")
    response = form.send(level="round_the_clock", **answer(citation, "still"))
    assert response.context["adminform"].form.errors["level"] == [CONFLICT]
    form = form.again(response)
    assert form.held[f"citation-{citation.pk}-outcome"] == ["still"]
    assert form.send(**{"level-keep": "theirs"}).status_code == 302
    citation.refresh_from_db()
    protection.refresh_from_db()
    assert (protection.level, citation.value) == ("event", "part_time")


def test_answers_are_carried_out_when_mine_is_kept(opened, meanwhile, ann):
    protection = ProtectionFactory(official=ann, level="part_time")
    citation = cite(protection, "level", paragraph=paragraph(), quote="guarded her")
    form = opened(protection)
    meanwhile(protection, level="event")
    form = form.again(form.send(level="round_the_clock", **answer(citation, "still")))
    assert form.send(**{"level-keep": "mine"}).status_code == 302
    citation.refresh_from_db()
    assert citation.value == "round_the_clock"


def test_form_whose_evidence_is_refused_comes_back_merged(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    response = form.send(summary="Mine", **box(paragraph(), "guarded her"))
    ann.refresh_from_db()
    assert NOTHING_TO_CITE in text_of(response)
    assert (ann.country, ann.summary) == ("GB", "")
    form = form.again(response)
    assert (form.held["country"], form.held["summary"]) == (["GB"], ["Mine"])


def test_deletion_of_a_record_that_was_changed_is_asked_again(signed_in, meanwhile, ann):
    url = page(ann, "delete")
    form = OpenForm(signed_in, url)
    meanwhile(ann, summary="Still needed")
    response = form.send()
    assert "was changed after the page was shown" in text_of(response)
    assert "Still needed" in text_of(response)
    assert Official.objects.exists()
    assert form.again(response).send().status_code == 302
    assert not Official.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "0"])
def test_deletion_that_does_not_say_what_was_shown_is_asked_again(signed_in, ann, version):
    OpenForm(signed_in, page(ann, "delete")).send(version=version)
    assert Official.objects.exists()


def test_record_that_was_deleted_is_said_and_what_was_typed_stays(opened, ann, bob):
    form = opened(ann)
    with changeset(user=bob, reason="Entered twice"):
        ann.delete()
    rows = {"roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "0", "roles-0-title": "Head"}
    response = form.send(name="Anna <b>", **rows)
    said = text_of(response)
    assert response.status_code == 409
    assert "Someone deleted this official while your form was open." in said
    for typed in ("Anna &lt;b&gt;", "Head", "Entered twice"):
        assert typed in said
    assert not Official.objects.exists()
    assert not edits().filter(reason="Mine").exists()


def test_row_chosen_in_a_form_that_is_gone_is_said_by_its_name(opened, ann):
    role = RoleFactory(official=ann)
    form = opened(role)
    role.delete()
    assert "ann" in [field.text for field in form.send().context["typed"]]


def test_who_may_not_change_a_record_learns_nothing(client, ann, meanwhile):
    client.force_login(user_who_may("view"))
    meanwhile(ann, summary="Theirs")
    assert client.post(change_page(ann), {"name": "Anna", "version": "1"}).status_code == 403
    Official.objects.all().delete()
    assert client.post(change_page(ann), {"name": "Anna", "version": "1"}).status_code == 403


def test_page_of_a_record_reads_versions_with_the_rows_however_many_there_are(signed_in, ann):
    counted = []
    for _ in range(2):
        ProtectionFactory.create_batch(3, official=ann)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(change_page(ann))
        asked = [one["sql"] for one in captured if 'AS "version"' in one["sql"]]
        assert any('FROM "roster_official"' in sql for sql in asked)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_versions_of_rows_in_place_are_read_with_them(opened, ann):
    rows = ProtectionFactory.create_batch(2, official=ann)
    held = opened(ann).held
    sent = {held[f"protections-{n}-version"][0] for n in range(2)}
    assert sent == {str(Change.objects.of_row(row).last().pk) for row in rows}
