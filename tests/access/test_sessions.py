"""Sessions: a new one at sign-in, gone with the browser or after half an hour of nothing."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

NOON = "2024-07-18T12:00Z"
COOKIE = "sessionid"


@contextmanager
def writes():
    """The statements that write."""
    found = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        query["sql"]
        for query in captured
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def is_signed_in(client):
    return client.get("/").status_code == 200


def test_session_ends_half_an_hour_after_its_last_use(clock, client, sign_in):
    sign_in()
    for _ in range(3):
        clock.shift(29 * 60)
        assert is_signed_in(client)
    clock.shift(30 * 60 + 1)
    assert not is_signed_in(client)


def test_session_of_somebody_who_reads_without_pause_goes_on(clock, client, sign_in):
    sign_in()
    for _ in range(45):
        clock.shift(45)
        assert is_signed_in(client)


def test_session_is_written_once_a_minute_at_most(clock, client, sign_in):
    sign_in()
    client.get("/")
    clock.shift(59)
    with writes() as written:
        client.get("/")
    assert not written
    clock.shift(1)
    with writes() as written:
        client.get("/")
    assert len(written) == 1
    assert "django_session" in written[0]


def test_a_clock_that_was_set_back_ends_no_session_in_use(clock, client, sign_in):
    clock.shift(24 * 60 * 60)
    sign_in()
    client.get("/")
    clock.shift(-24 * 60 * 60)
    for _ in range(4):
        assert is_signed_in(client)
        clock.shift(20 * 60)
    assert is_signed_in(client)


def test_nobody_signed_in_has_no_session(client, db):
    client.get("/login/")
    assert COOKIE not in client.cookies
    assert not Session.objects.exists()


def test_cookie_ends_with_the_browser_and_no_script_reads_it(client, sign_in):
    sign_in()
    cookie = client.cookies[COOKIE]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_sign_in_gives_a_session_of_another_name(client, sign_in):
    planted = SessionStore()
    planted["from"] = "somebody else"
    planted.save()
    client.cookies[COOKIE] = planted.session_key
    sign_in()
    assert is_signed_in(client)
    assert client.cookies[COOKIE].value != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_sign_out_ends_the_session_on_the_server(client, sign_in):
    sign_in()
    kept = client.cookies[COOKIE].value
    client.post("/logout/")
    client.cookies[COOKIE] = kept
    assert not is_signed_in(client)
