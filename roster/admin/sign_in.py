"""Who may sign in: Django's own answer, its one write recorded and never waited for by others.

Django stores a password anew, hashed by the present method, when it was hashed by an older one.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import verify_password
from django.contrib.auth.models import User
from django.http import HttpRequest

from roster.history.changesets import changeset


class SignInBackend(ModelBackend):
    """Checks a password without holding the database's writer lock while it is hashed."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # takes as long as for a name that exists
            return None
        is_right, is_outdated = verify_password(password, user.password)
        if not is_right or not self.user_can_authenticate(user):
            return None
        if is_outdated:
            user.set_password(password)
            with changeset(user=user, reason="Hash the password by the present method."):
                user.save(update_fields=["password"])
        return user
