"""Two superusers, made in changesets of their own: one signed in, one who writes meanwhile."""

from __future__ import annotations

import pytest

from roster.history.changesets import changeset
from tests.admin.pages import OpenForm, change_page
from tests.factories import SuperuserFactory


@pytest.fixture
def analyst(db):
    with changeset(reason="Account.", kind="command"):
        return SuperuserFactory(username="ann")


@pytest.fixture
def signed_in(client, analyst):
    client.force_login(analyst)
    return client


@pytest.fixture
def bob(db):
    with changeset(reason="Account.", kind="command"):
        return SuperuserFactory(username="bob")


@pytest.fixture
def meanwhile(bob):
    """Has bob write to a row while a form is open."""

    def write(row, **values):
        with changeset(user=bob, reason="A newer notice"):
            type(row).objects.filter(pk=row.pk).update(**values)

    return write


@pytest.fixture
def opened(signed_in):
    """Opens a row's form; what is given back sends it."""

    def open_form(row):
        return OpenForm(signed_in, change_page(row))

    return open_form
