"""Which changesets must be reviewed: each rule, what it leaves alone, and that none is escaped."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from roster.history import reviewing
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.reviewing import RULES, rules_of
from roster.models import (
    Acknowledgement,
    Change,
    Changeset,
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    Review,
)
from tests.factories import UserFactory
from tests.history.force import forced, kinds
from tests.history.samples import one_of_each

GENERAL = ("import", "undo", "new_user")


@pytest.fixture
def rows(db):
    """A row of every model, an account, a group, a verdict, and nothing that awaits review."""
    with changeset(reason="Fill.", kind="seed") as act:
        filled = one_of_each()
        user = UserFactory(username="ann")
        group = Group.objects.create(name="Guests")
        user.groups.add(group)
        filled |= {User: user, Group: group}
    with changeset(reason="Judge.", kind="seed"):
        filled[Review] = Review.objects.create(
            changeset_id=act.id, verdict="approved", reviewer=UserFactory()
        )
    return filled


def reasons(write, *, kind="edit", user=None):
    """The names of the rules by which what `write` does must be reviewed."""
    with changeset(reason="Written.", kind=kind, user=user) as act:
        write()
    return [rule.name for rule in rules_of(Changeset.objects.get(pk=act.id))]


def set_on(model, **values):
    return lambda rows: model.objects.update(**values)


def grant(rows):
    rows[User].user_permissions.add(Permission.objects.first())


def set_password(rows):
    rows[User].set_password("a-Long-enough-1")
    rows[User].save()


MUST = {
    "a citation deleted": ("deletion", lambda rows: rows[Citation].delete()),
    "a record deleted": (
        "deletion",
        lambda rows: (rows[Citation].delete(), rows[ProtectionExtension].delete()),
    ),
    "another level": ("protection", set_on(Protection, level="event")),
    "another provider": ("protection", set_on(Protection, provider="Guards")),
    "another start": ("protection", set_on(Protection, start="2024")),
    "another end": ("protection", set_on(Protection, end="2025-01-23")),
    "a new protection": (
        "protection",
        lambda rows: Protection.objects.create(ref="new", official=rows[Official], level="event"),
    ),
    "a new account": ("accounts", lambda rows: UserFactory()),
    "a new superuser": ("accounts", set_on(User, is_superuser=True)),
    "an account closed": ("accounts", set_on(User, is_active=False)),
    "an account renamed": (
        "accounts",
        lambda rows: User.objects.filter(pk=rows[User].pk).update(username="bea"),
    ),
    "out of a group": ("accounts", lambda rows: rows[User].groups.clear()),
    "a new group": ("accounts", lambda rows: Group.objects.create(name="Others")),
    "a permission given": ("accounts", grant),
    "another's password": ("accounts", set_password),
    "a verdict edited": ("altered_review", set_on(Review, comment="Edited.")),
    "an acknowledgement": (
        "acknowledgement",
        lambda rows: Acknowledgement.objects.create(change=Change.objects.earliest("id")),
    ),
    "a verdict removed": ("altered_review", lambda rows: rows[Review].delete()),
}

NEED_NOT = {
    "an official's country": set_on(Official, country="CA"),
    "other columns of a protection": set_on(Protection, summary="Prolonged.", authority="A law"),
    "an extension": set_on(ProtectionExtension, start="2024"),
    "a citation's note": set_on(Citation, note="Read again."),
    "an account's name and address": set_on(User, first_name="Ann", email="ann@example.org"),
    "a new official": lambda rows: Official.objects.create(ref="new", name="New"),
    "a verdict": lambda rows: Review.objects.create(
        changeset=rows[Review].changeset, verdict="approved", reviewer=rows[User]
    ),
}


@pytest.mark.parametrize(("name", "write"), MUST.values(), ids=MUST)
def test_what_must_be_reviewed_says_why(rows, name, write):
    assert reasons(lambda: write(rows)) == [name]


@pytest.mark.parametrize("write", NEED_NOT.values(), ids=NEED_NOT)
def test_what_need_not_be_reviewed_is_left_alone(rows, write):
    assert reasons(lambda: write(rows)) == []


@pytest.mark.parametrize("kind", ["import", "undo"])
def test_every_import_and_every_undo_must_be_reviewed(rows, kind):
    assert reasons(lambda: Official.objects.update(country="CA"), kind=kind) == [kind]


@pytest.mark.parametrize("kind", ["seed", "migration"])
def test_what_the_program_brings_along_need_not_be_reviewed(rows, kind):
    assert reasons(rows[Citation].delete, kind=kind) == []


def test_every_rule_is_tried_here():
    assert {rule.name for rule in RULES} == {name for name, _ in MUST.values()} | set(GENERAL)


def test_all_reasons_are_named_in_the_order_of_the_rules(rows):
    def write():
        rows[Citation].delete()
        Protection.objects.update(level="event")

    found = reasons(write, kind="import", user=rows[User])
    assert found == ["import", "deletion", "protection", "new_user"]


def test_ones_own_password_is_ones_own_affair(rows, monkeypatch):
    monkeypatch.setattr(reviewing, "FIRST_CHANGESETS", 0)
    assert reasons(lambda: set_password(rows), user=rows[User]) == []


def test_the_first_changesets_of_a_new_user_are_reviewed_and_no_more(rows, monkeypatch):
    monkeypatch.setattr(reviewing, "FIRST_CHANGESETS", 2)
    found = [
        reasons(lambda n=n: Official.objects.update(summary=n), user=rows[User]) for n in range(3)
    ]
    assert found == [["new_user"], ["new_user"], []]


def test_verdicts_do_not_count_towards_the_first_changesets(rows, monkeypatch):
    monkeypatch.setattr(reviewing, "FIRST_CHANGESETS", 1)
    judged, user = rows[Review].changeset, rows[User]
    for _ in range(2):
        given = {"changeset": judged, "verdict": "approved", "reviewer": user}
        assert reasons(lambda given=given: Review.objects.create(**given), user=user) == []
    assert reasons(lambda: Official.objects.update(summary="x"), user=user) == ["new_user"]
    assert reasons(lambda: Official.objects.update(summary="y"), user=user) == []


def test_a_verdict_amid_other_writes_hides_none_of_them(rows):
    def write():
        Review.objects.create(
            changeset=rows[Review].changeset, verdict="approved", reviewer=rows[User]
        )
        rows[Citation].delete()

    assert reasons(write, user=rows[User]) == ["deletion", "new_user"]


def test_bulk_writes_and_raw_sql_are_judged_like_any_other(rows):
    from tests.history.force import run

    sql = "UPDATE roster_protection SET level = 'event'"
    assert reasons(lambda: run(sql)) == ["protection"]


def test_a_command_without_a_user_is_judged_by_what_it_writes(rows):
    call_command("createsuperuser", "--noinput", username="root", email="r@example.org")
    assert Changeset.objects.first().review_reasons == "accounts"


def test_a_rule_that_is_no_more_is_still_said():
    (rule,) = rules_of(Changeset(review_reasons="of_old"))
    assert "of_old" in rule.sentence


def test_reasons_cannot_be_taken_away_unseen(rows):
    with changeset(reason="Written."):
        Protection.objects.update(level="event")
    assert verify().ok
    forced("UPDATE roster_changeset SET review_reasons = NULL WHERE kind = 'edit'")
    assert kinds() == {"digest"}


def test_reasons_cannot_be_made_up_unseen(rows):
    with changeset(reason="Written."):
        Official.objects.update(country="CA")
    assert verify().ok
    forced("UPDATE roster_changeset SET review_reasons = 'undo' WHERE kind = 'edit'")
    assert kinds() == {"digest"}


def test_what_awaits_review_is_found_without_reading_its_changes(rows, django_assert_num_queries):
    from roster.models.reviews import awaiting_review

    with changeset(reason="Written.") as act:
        Protection.objects.update(level="event")
    with django_assert_num_queries(1) as asked:
        assert [one.pk for one in awaiting_review(Changeset.objects.all())] == [act.id]
    assert Change._meta.db_table not in asked.captured_queries[0]["sql"].replace('"', "").split()
