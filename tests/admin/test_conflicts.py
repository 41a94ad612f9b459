"""Two editors: what one did not see, the other's form does not overwrite."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from roster.admin.forms.conflicts import CONFLICT, GONE, NOT_SAID
from roster.history.changesets import changeset
from roster.models import Change, Official, Protection
from tests.admin.pages import edits, form_on, text_of
from tests.factories import OfficialFactory, ProtectionFactory


@pytest.fixture
def ann(db):
    return OfficialFactory(ref="ann", name="Ann", country="US")


@pytest.fixture
def protection(ann):
    return ProtectionFactory(ref="ann/protection", official=ann, level="part_time")


def now(row):
    return type(row).objects.get(pk=row.pk)


def test_disjoint_fields_merge_and_the_message_says_what_and_whose(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB", summary="Theirs")
    page = text_of(form.send(follow=True, name="Anna"))
    row = now(ann)
    assert (row.name, row.country, row.summary) == ("Anna", "GB", "Theirs")
    assert "what they wrote was kept – official:ann: Country (by bob), Summary (by bob)." in page
    assert edits().newest_first().first().change_count == 1


def test_unchanged_version_says_nothing_of_others(opened, ann):
    assert "was kept" not in text_of(opened(ann).send(follow=True, name="Anna"))


def test_field_that_both_changed_is_asked_about_and_nothing_is_written(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB", summary="Theirs")
    response = form.send(country="FR", name="Anna")
    page, held = text_of(response), form_on(response)
    assert response.context["adminform"].form.errors["country"] == [CONFLICT]
    assert (now(ann).name, now(ann).country) == ("Ann", "GB")
    assert (held["country"], held["name"], held["summary"]) == (["FR"], ["Anna"], ["Theirs"])
    assert "country-keep" not in held, "none is chosen at first"
    entry = edits().newest_first().first()
    assert "A newer notice" in page
    assert f'href="/roster/changeset/{entry.pk}/change/"' in page
    assert "By bob" in page


@pytest.mark.parametrize(("choice", "country"), [("mine", "FR"), ("theirs", "GB")])
def test_choice_decides(opened, meanwhile, ann, choice, country):
    form = opened(ann)
    meanwhile(ann, country="GB")
    form = form.again(form.send(country="FR", name="Anna"))
    assert form.send(**{"country-keep": choice}).status_code == 302
    assert (now(ann).name, now(ann).country) == ("Anna", country)


def test_sent_without_a_choice_it_asks_again_and_still_says_who(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    form = form.again(form.send(country="FR"))
    response = form.send()
    assert response.context["adminform"].form.errors["country"] == [CONFLICT]
    assert "By bob" in text_of(response)
    assert now(ann).country == "GB"
    form.again(response).send(**{"country-keep": "mine"})
    assert now(ann).country == "FR"


def test_value_typed_anew_beside_theirs_is_the_one_that_is_kept(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    form = form.again(form.send(country="FR"))
    form.send(**{"country": "DE", "country-keep": "mine"})
    assert now(ann).country == "DE"


def test_second_change_while_choosing_is_seen_again(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    form = form.again(form.send(country="FR"))
    meanwhile(ann, country="DE", summary="Later")
    response = form.send(**{"country-keep": "mine"})
    (asked, kept) = response.context["adminform"].form.meanwhile
    assert (asked.name, asked.before, asked.now, asked.is_conflict) == (
        "country",
        Official(country="GB").get_country_display(),
        "Germany",
        True,
    )
    assert (kept.name, kept.now, kept.is_conflict) == ("summary", "Later", False)
    assert now(ann).country == "DE"


def test_same_value_of_both_is_no_conflict(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    assert form.send(country="GB", name="Anna").status_code == 302
    assert (now(ann).name, now(ann).country) == ("Anna", "GB")


def test_change_taken_back_meanwhile_is_no_conflict(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, country="GB")
    meanwhile(ann, country="US")
    assert form.send(country="FR").status_code == 302
    assert now(ann).country == "FR"


def test_text_that_was_not_touched_is_not_taken_for_a_change(opened, meanwhile, ann):
    Official.objects.update(summary=" Two\nlines ")
    form = opened(ann)
    meanwhile(ann, summary="Theirs")
    assert form.send(name="Anna").status_code == 302
    assert (now(ann).name, now(ann).summary) == ("Anna", "Theirs")


def test_two_tabs_of_one_user_are_two_editors(opened, ann):
    first, second = opened(ann), opened(ann)
    first.send(country="GB")
    assert second.send(country="FR").context["adminform"].form.errors["country"] == [CONFLICT]


def test_merged_whole_that_breaks_a_rule_is_refused_at_its_field(opened, meanwhile, protection):
    form = opened(protection)
    meanwhile(protection, start="2024")
    response = form.send(end="2020")
    assert response.status_code == 200
    assert now(protection).end == ""
    assert form_on(response)["start"] == ["2024"]
    assert response.context["adminform"].form.errors
    assert response.context["adminform"].form.errors.get("end") != [CONFLICT]


def test_row_in_place_merges_and_conflicts_like_a_record(opened, meanwhile, ann, protection):
    form = opened(ann)
    meanwhile(protection, provider="Army", level="event")
    response = form.send(**{"name": "Anna", "protections-0-level": "round_the_clock"})
    held = form_on(response)
    assert now(ann).name == "Ann"
    assert held["protections-0-provider"] == ["Army"]
    assert held["protections-0-level"] == ["round_the_clock"]
    assert f"Keep theirs: <ins><bdi>{now(protection).get_level_display()}</bdi></ins>" in text_of(
        response
    )
    form = form.again(response)
    assert form.send(**{"protections-0-level-keep": "mine"}).status_code == 302
    row = now(protection)
    assert (row.level, row.provider, now(ann).name) == ("round_the_clock", "Army", "Anna")


def test_changed_rows_in_place_are_looked_up_together(opened, meanwhile, ann):
    rows = ProtectionFactory.create_batch(6, official=ann)
    form = opened(ann)
    for row in rows:
        meanwhile(row, provider="Army")
    # Django's own formset fetches each row that was sent by its key.
    with CaptureQueriesContext(connection) as asked, zeal_ignore():
        assert form.send(name="Anna").status_code == 302
    looked_up = [q for q in asked if '"roster_change"."id" >=' in q["sql"]]
    assert len(looked_up) == 1


def test_row_in_place_that_was_deleted_is_said_and_stays_to_be_copied(opened, ann, protection, bob):
    other = ProtectionFactory(ref="ann/z", official=ann, level="event")
    form = opened(ann)
    with changeset(user=bob, reason="Entered twice"):
        protection.delete()
    sent = {"name": "Anna", "protections-0-provider": "Typed", "protections-1-provider": "Also"}
    with zeal_ignore():
        response = form.send(**sent)
    held = form_on(response)
    assert GONE in text_of(response)
    assert (held["protections-0-provider"], held["protections-1-provider"]) == (["Typed"], ["Also"])
    assert (now(ann).name, now(other).provider) == ("Ann", "")
    with zeal_ignore():
        assert GONE in text_of(form.again(response).send()), "it stays refused"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "²"])
def test_form_that_does_not_say_its_version_is_refused(opened, ann, version):
    response = opened(ann).send(name="Anna", version=version)
    assert NOT_SAID in text_of(response)
    assert now(ann).name == "Ann"
    assert form_on(response)["name"] == ["Anna"]


def test_version_of_another_row_is_refused(opened, ann):
    other = OfficialFactory()
    version = Change.objects.of_row(other).last().pk
    assert NOT_SAID in text_of(opened(ann).send(name="Anna", version=str(version)))
    assert now(ann).name == "Ann"


def test_change_of_another_row_named_by_the_form_is_not_shown(opened, meanwhile, ann):
    other = OfficialFactory(name="Somebody")
    change = Change.objects.of_row(other).last().pk
    response = opened(ann).send(**{"name": "Anna", "name-conflict": str(change)})
    (asked,) = response.context["adminform"].form.meanwhile
    assert asked.change is None
    assert "Somebody" not in text_of(response)


def test_choice_is_named_by_the_name_of_the_row_chosen(opened, meanwhile, protection):
    first, second = OfficialFactory(ref="bea", name="Bea"), OfficialFactory(ref="cas", name="Cas")
    form = opened(protection)
    meanwhile(protection, official=first)
    response = form.send(official=str(second.pk))
    (asked,) = response.context["adminform"].form.meanwhile
    assert (asked.before, asked.now) == ("ann", "bea")
    form.again(response).send(**{"official-keep": "theirs"})
    assert Protection.objects.get().official == first


def test_hostile_value_of_theirs_is_shown_as_text(opened, meanwhile, ann):
    form = opened(ann)
    meanwhile(ann, summary="<img src=x>")
    page = text_of(form.send(summary="Mine"))
    assert "Keep theirs: <ins><bdi>&lt;img src=x&gt;</bdi></ins>" in page
