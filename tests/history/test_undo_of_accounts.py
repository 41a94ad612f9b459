"""Undo of changes of accounts, groups and permissions: all but passwords."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User

from roster.history.undo import plan_undo
from tests.history.undoing import act, delete, edit, rows_now, undo, undo_refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> User:
    found = []
    act(lambda: found.append(User.objects.create_user("bob", password="Correct-horse-7")))
    return found[0]


def test_what_a_user_may_do_is_undone(bob):
    before = rows_now()
    group = Group.objects.create(name="Interns")

    def grant() -> None:
        bob.groups.add(group)
        bob.user_permissions.add(Permission.objects.first())
        group.permissions.add(Permission.objects.first())
        User.objects.update(is_superuser=True, is_staff=True)

    undo(act(grant))
    group.delete()
    assert rows_now() == before


def test_the_time_at_which_a_user_joined_comes_back(bob):
    joined = bob.date_joined
    undo(edit(bob, date_joined=joined.replace(year=2001, microsecond=0), first_name="Bob"))
    assert User.objects.get(pk=bob.pk).date_joined == joined


def test_a_new_user_is_deleted_with_what_it_was_given():
    before = rows_now()
    group = Group.objects.first()
    undo(act(lambda: User.objects.create_user("eve").groups.add(group)))
    assert rows_now() == before


def test_a_user_who_has_written_is_not_deleted():
    made = []
    position = act(lambda: made.append(User.objects.create_user("eve")))
    by = act(lambda: Group.objects.create(name="Interns"), user=made[0])
    assert undo_refusals(position) == [
        f"user:eve cannot be deleted, because other rows hang on it: changeset:{by}."
    ]


def test_a_group_that_was_given_later_is_named(bob):
    made = []
    position = act(lambda: made.append(Group.objects.create(name="Interns")))
    later = act(lambda: bob.groups.add(made[0]))
    (sentence,) = undo_refusals(position)
    assert sentence.startswith("group:Interns cannot be deleted, because other rows hang on it: ")
    assert sentence.endswith(f"since changeset {later} (no user).")


def test_a_deleted_user_comes_back_without_a_password(bob):
    position = delete(bob)
    assert "user:bob comes back without a password: set a new one." in plan_undo(position).notes
    undo(position)
    again = User.objects.get(pk=bob.pk)
    assert again.username == "bob"
    assert not again.has_usable_password()
    assert not again.check_password("Correct-horse-7")


def test_a_changed_password_is_not_brought_back(bob):
    def change() -> None:
        bob.set_password("Other-horse-8")
        bob.first_name = "Robert"
        bob.save()

    position = act(change)
    assert plan_undo(position).notes == (
        "A password that was changed is not brought back (1 row).",
    )
    undo(position)
    again = User.objects.get(pk=bob.pk)
    assert (again.first_name, again.check_password("Other-horse-8")) == ("", True)


def test_a_changed_password_alone_leaves_nothing_to_undo(bob):
    def change() -> None:
        bob.set_password("Other-horse-8")
        bob.save()

    position = act(change)
    assert undo_refusals(position) == [f"Changeset {position} has nothing that can be undone."]


def test_user_names_that_were_exchanged_are_not_undone(bob):
    other = User.objects.create_user("eve")

    def exchange() -> None:
        User.objects.filter(pk=other.pk).update(username="parked")
        User.objects.filter(pk=bob.pk).update(username="eve")
        User.objects.filter(pk=other.pk).update(username="bob")

    position = act(exchange)
    assert undo_refusals(position)[0].startswith("The database refused what this would write")
    assert User.objects.get(pk=bob.pk).check_password("Correct-horse-7")
