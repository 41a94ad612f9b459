"""Django's changepassword, its write inside a changeset."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import changepassword

from roster.history.changesets import changeset


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with changeset(user=None, reason="Change a password.", kind="command"):
            return super().handle(*args, **options)
