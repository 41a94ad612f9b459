"""Accounts: who may do what is recorded, what opens them never is."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from roster.history.verifying.replay import differences
from roster.models import (
    Change,
)
from tests.history.force import on_sqlite, run
from tests.history.samples import acts, last_change

pytestmark = pytest.mark.django_db


def test_a_changed_key_of_a_user_is_recorded():
    user = User.objects.create_user("ann")
    run("UPDATE auth_user SET id = id + 1000 WHERE id = %s", user.pk)
    assert {(act, key) for act, _, key in acts()[1:]} == {
        ("d", user.pk),
        ("i", user.pk + 1_000),
    }


def test_last_login_leaves_no_row():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    before = acts()
    user.last_login = user.date_joined
    user.save(update_fields=["last_login"])
    assert acts() == before


def test_of_a_password_it_is_recorded_only_that_it_changed():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    hashes = {user.password}
    user.set_password("Other-horse-8")
    user.save()
    hashes.add(user.password)
    change = last_change(user)
    assert json.loads(change.after) == json.loads(change.before) | {"password": "changed"}
    recorded = " ".join(
        f"{before} {after}" for before, after in Change.objects.values_list("before", "after")
    )
    assert not [secret for secret in hashes if secret in recorded]
    assert "horse" not in recorded
    assert '"last_login"' not in recorded


def test_a_password_mark_does_not_linger():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    user.set_password("Other-horse-8")
    user.save()
    user.email = "ann@example.org"
    user.save()
    change = last_change(user)
    assert "password" not in json.loads(change.before)
    assert "password" not in json.loads(change.after)
    assert not list(differences(connection))


def test_a_user_is_replayed_after_each_kind_of_write():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    user.is_staff = True
    user.set_password("Other-horse-8")
    user.save()
    assert not list(differences(connection))
    user.delete()
    assert not list(differences(connection))


def test_who_may_do_what_is_recorded():
    user, group = User.objects.create_user("ann"), Group.objects.create(name="Analysts")
    permission = Permission.objects.first()
    user.groups.add(group)
    user.user_permissions.add(permission)
    group.permissions.add(permission)
    group.permissions.clear()
    assert [(act, table) for act, table, _ in acts()] == [
        ("i", "auth_user"),
        ("i", "auth_group"),
        ("i", "auth_user_groups"),
        ("i", "auth_user_user_permissions"),
        ("i", "auth_group_permissions"),
        ("d", "auth_group_permissions"),
    ]


@on_sqlite
def test_what_a_client_puts_for_a_boolean_is_recorded_as_it_is():
    user = User.objects.create_user("ann")
    for value in ("2", "'x'"):
        run(f"UPDATE auth_user SET is_staff = {value}")
    staff = [json.loads(c.after)["is_staff"] for c in Change.objects.of_row(user)]
    assert staff == [False, 2, "x"]
    assert not list(differences(connection))


def test_booleans_are_json_booleans():
    after = json.loads(last_change(User.objects.create_user("ann", is_staff=True)).after)
    assert (after["is_staff"], after["is_superuser"]) == (True, False)
