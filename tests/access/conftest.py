"""Accounts: somebody of each group, and one with a password to sign in with."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from roster.history.changesets import changeset
from tests.factories import SuperuserFactory, UserFactory

PASSWORD = "a-Long-enough-1"


@pytest.fixture
def member(db):
    """Makes a member of staff in the groups of these names."""

    def make(*names):
        with changeset(reason="Account.", kind="command"):
            user = UserFactory(is_staff=True)
            user.groups.set(Group.objects.filter(name__in=names))
        return user

    return make


@pytest.fixture
def account(db):
    with changeset(reason="Account.", kind="command"):
        return SuperuserFactory(username="ann", password=make_password(PASSWORD))


@pytest.fixture
def sign_in(client, account):
    """Sends the sign-in form."""

    def send(password=PASSWORD, username="ann", address="192.0.2.1", **headers):
        form = {"username": username, "password": password, "next": "/"}
        return client.post("/login/", form, REMOTE_ADDR=address, headers=headers)

    return send
