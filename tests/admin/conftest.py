"""A superuser, made in a changeset of its own, and the client that is signed in as it."""

from __future__ import annotations

import pytest

from roster.history.changesets import changeset
from tests.factories import SuperuserFactory


@pytest.fixture
def analyst(db):
    with changeset(reason="Account.", kind="command"):
        return SuperuserFactory(username="ann")


@pytest.fixture
def signed_in(client, analyst):
    client.force_login(analyst)
    return client
