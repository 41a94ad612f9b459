"""Passwords: how they are stored, and which are refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from config import settings as configured
from roster.models import Changeset


def test_passwords_are_stored_by_argon2(settings):
    settings.PASSWORD_HASHERS = configured.PASSWORD_HASHERS
    stored = make_password("a-Long-enough-1")
    assert identify_hasher(stored).algorithm == "argon2"
    assert check_password("a-Long-enough-1", stored)
    assert not check_password("a-Long-enough-2", stored)


def test_a_password_stored_by_django_s_older_method_is_stored_by_argon2_at_sign_in(
    settings, account, sign_in
):
    settings.PASSWORD_HASHERS = configured.PASSWORD_HASHERS
    User.objects.filter(pk=account.pk).update(
        password=make_password("a-Long-enough-1", hasher="pbkdf2_sha256")
    )
    assert sign_in().status_code == 302
    assert User.objects.get(pk=account.pk).password.startswith("argon2$argon2id$")
    assert Changeset.objects.newest_first()[0].user == account


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "at least 12 characters"),
        ("314159265358979", "entirely numeric"),
        ("1q2w3e4r5t6y7u8i9o0p", "too common"),
        ("ann-the-analyst1", "too similar to the username"),
        ("a-Long-enough-1", None),
        ("twelve-chars", None),
    ],
)
def test_password_that_is_easy_to_guess_is_refused(password, sentence):
    user = User(username="ann-the-analyst")
    if sentence is None:
        validate_password(password, user)
        return
    with pytest.raises(ValidationError, match=sentence):
        validate_password(password, user)
