"""Django's createsuperuser, its write inside a changeset."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from roster.history.changesets import changeset


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with changeset(user=None, reason="Create a superuser.", kind="command"):
            return super().handle(*args, **options)
