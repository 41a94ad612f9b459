"""Signing in, passwords, users and groups: writes like all others."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Change
from tests.admin.pages import change_page, edits, send, text_of
from tests.factories import GroupFactory, SuperuserFactory, UserFactory

PASSWORD = "a-Long-enough-1"


@pytest.fixture
def account(db):
    with changeset(reason="Prepared.", kind="command"):
        return SuperuserFactory(username="ann", password=make_password(PASSWORD))


def sign_in(client, password=PASSWORD):
    return client.post("/login/", {"username": "ann", "password": password, "next": "/"})


def test_sign_in_writes_nothing(client, account):
    assert sign_in(client).status_code == 302
    assert client.get("/").status_code == 200
    assert not edits().exists()
    assert not Change.objects.outside().filter(table="auth_user").exists()


def test_password_stored_by_a_newer_method_at_sign_in_is_a_changeset_of_the_user(
    client, account, settings
):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert sign_in(client).status_code == 302
    account.refresh_from_db()
    assert account.password.startswith("pbkdf2")
    entry = edits().get()
    assert (entry.user, entry.reason) == (account, "Hash the password by the present method.")
    assert not Change.objects.outside().filter(table="auth_user").exists()


def test_wrong_password_says_so_and_writes_nothing(client, account):
    response = sign_in(client, "wrong")
    assert "Please enter the correct username and password" in text_of(response)
    assert not edits().exists()


def test_page_for_signed_in_users_asks_others_to_sign_in(client, db):
    response = client.get("/roster/official/")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_own_new_password_is_a_changeset(client, account):
    sign_in(client)
    new = {"new_password1": "another-Long-1", "new_password2": "another-Long-1"}
    response = client.post("/password_change/", {"old_password": PASSWORD} | new)
    assert response.status_code == 302
    assert (edits().get().user, edits().get().change_count) == (account, 1)
    account.refresh_from_db()
    assert account.check_password("another-Long-1")


def test_refused_new_password_leaves_no_changeset(client, account):
    sign_in(client)
    response = client.post("/password_change/", {"old_password": "wrong"})
    assert response.status_code == 200
    assert not edits().exists()


@pytest.mark.parametrize("url", ["/login/", "/password_change/"])
def test_form_opens(client, account, url):
    if url != "/login/":
        sign_in(client)
    assert "<form" in text_of(client.get(url))


def test_password_of_another_user_is_set_with_a_reason(signed_in, analyst):
    user = UserFactory()
    url = f"/auth/user/{user.pk}/password/"
    values = {"password1": PASSWORD, "password2": PASSWORD}
    refused = send(signed_in, url, button="set-password", **values)
    assert "Say in a few words why this is changed" in text_of(refused)
    assert not edits().exists()
    send(signed_in, url, button="set-password", change_reason="Forgotten", **values)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert (edits().get().user, edits().get().reason) == (analyst, "Forgotten")


def test_user_is_added_in_one_changeset(signed_in, analyst):
    values = {"username": "bob", "password1": PASSWORD, "password2": PASSWORD}
    refused = send(signed_in, page_url(User, "add"), usable_password="true", **values)
    assert "Say in a few words why this is changed" in text_of(refused)
    send(
        signed_in,
        page_url(User, "add"),
        change_reason="New colleague",
        usable_password="true",
        **values,
    )
    assert User.objects.get(username="bob").check_password(PASSWORD)
    assert (edits().get().user, edits().get().reason) == (analyst, "New colleague")


def test_groups_and_permissions_of_a_user_are_in_the_changeset(signed_in):
    user, group = UserFactory(), GroupFactory()
    permission = Permission.objects.get(codename="view_official")
    send(
        signed_in,
        change_page(user),
        change_reason="Joins",
        groups=[group.pk],
        user_permissions=[permission.pk],
    )
    assert (list(user.groups.all()), list(user.user_permissions.all())) == ([group], [permission])
    tables = edits().get().changes_in_order.values_list("table", flat=True)
    assert sorted(tables) == ["auth_user_groups", "auth_user_user_permissions"]


def test_group_is_added_with_its_permissions_in_one_changeset(signed_in):
    permission = Permission.objects.get(codename="view_official")
    send(
        signed_in,
        page_url(Group, "add"),
        change_reason="Readers",
        name="Readers",
        permissions=[permission.pk],
    )
    assert list(Group.objects.get(name="Readers").permissions.all()) == [permission]
    assert edits().get().change_count == 2
