"""Sign-in after failures: closed for one account at one address, for a quarter of an hour."""

from __future__ import annotations

import pytest
import time_machine
from axes.models import AccessAttempt
from django.db import connection

from roster.access.lockout import client_address
from roster.admin.site import site
from roster.history.capture import faults
from roster.models import Change
from tests.access.conftest import PASSWORD

SENTENCE = (
    "Signing in failed 5 times, so this account is locked here: "
    "wait 15 minutes, then sign in again."
)
NOON = "2024-07-18T12:00Z"


def fail(sign_in, times, **values):
    for _ in range(times):
        answer = sign_in("wrong", **values)
    return answer


def test_four_failures_still_let_the_right_password_in(sign_in):
    assert fail(sign_in, 4).status_code == 200
    assert sign_in().status_code == 302


def test_after_five_failures_the_right_password_is_refused_with_a_sentence(sign_in):
    for answer in (fail(sign_in, 5), sign_in()):
        assert answer.status_code == 429
        assert SENTENCE in answer.content.decode()
        assert "Please enter the correct username" not in answer.content.decode()
        assert "_auth_user_id" not in answer.client.session


def test_the_page_that_says_so_is_the_sign_in_page(sign_in):
    page = fail(sign_in, 5)
    assert b'id="login-form"' in page.content
    assert PASSWORD.encode() not in page.content


def test_a_right_password_forgets_the_failures_before_it(sign_in):
    fail(sign_in, 4)
    sign_in()
    assert fail(sign_in, 4).status_code == 200
    assert sign_in().status_code == 302


def test_the_lock_ends_after_a_quarter_of_an_hour_however_often_one_tries(sign_in):
    with time_machine.travel(NOON, tick=False) as clock:
        fail(sign_in, 5)
        clock.shift(14 * 60 + 59)
        assert sign_in().status_code == 429
        clock.shift(2)
        assert sign_in().status_code == 302


def test_another_address_and_another_account_are_not_locked(sign_in):
    fail(sign_in, 5)
    assert sign_in(address="192.0.2.2").status_code == 302
    assert sign_in("wrong", username="bob").status_code == 200


def test_another_browser_at_the_same_address_counts_along(sign_in):
    fail(sign_in, 4, user_agent="one")
    assert sign_in("wrong", user_agent="another").status_code == 429


def test_invented_addresses_do_not_give_more_tries(sign_in):
    for number in range(5):
        answer = sign_in("wrong", x_forwarded_for=f"198.51.100.{number}")
    assert answer.status_code == 429


def test_an_account_that_is_not_there_is_locked_alike(sign_in):
    assert fail(sign_in, 5, username="nobody").status_code == 429


def test_failures_are_neither_in_the_ledger_nor_kept_after_a_sign_in(sign_in):
    before = Change.objects.count()
    fail(sign_in, 2)
    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.failures_since_start) == ("ann", 2)
    assert "wrong" not in attempt.post_data
    sign_in()
    assert not AccessAttempt.objects.exists()
    assert Change.objects.count() == before


@pytest.mark.django_db
def test_tables_of_the_lockout_have_no_pages_and_no_triggers():
    assert not [model for model in site._registry if model._meta.app_label == "axes"]
    assert faults(connection) == []


@pytest.mark.parametrize(
    ("proxies", "addresses", "counted"),
    [
        (0, ("192.0.2.1", None), "192.0.2.1"),
        (0, ("192.0.2.1", "198.51.100.9"), "192.0.2.1"),
        (1, ("10.0.0.1", "198.51.100.9"), "198.51.100.9"),
        (1, ("10.0.0.1", "203.0.113.5, 198.51.100.9"), "198.51.100.9"),
        (2, ("10.0.0.1", "203.0.113.5, 198.51.100.9, 10.0.0.2"), "198.51.100.9"),
        (2, ("10.0.0.1", "198.51.100.9"), "10.0.0.1"),
        (1, ("10.0.0.1", None), "10.0.0.1"),
        (1, ("10.0.0.1", "unknown"), "10.0.0.1"),
        (1, ("10.0.0.1", "198.51.100.9:4711"), "10.0.0.1"),
        (0, ("2001:db8:1:2:3:4:5:6", None), "2001:db8:1:2::"),
        (0, ("::ffff:192.0.2.1", None), "192.0.2.1"),
        (0, ("", None), None),
        (0, ("unix:", None), None),
    ],
)
def test_failures_count_for_the_address_that_a_client_cannot_invent(
    rf, settings, proxies, addresses, counted
):
    settings.ROSTER_PROXIES = proxies
    nearest, forwarded = addresses
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=nearest, headers=headers)) == counted
