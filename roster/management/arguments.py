"""Arguments that several commands take. A malformed one is wrong usage: exit status 2."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone

from roster.exchange.resources import RESOURCES


def day(text: str) -> date:
    """A DAY, YYYY-MM-DD and nothing else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ArgumentTypeError(f"“{text}” is not a day: write it as YYYY-MM-DD, 2024-07-18.")
    return found


def today() -> date:
    """The day now, which only screens and commands ask for."""
    return timezone.localdate()


def add_model(parser: ArgumentParser) -> None:
    """MODEL, by the stem of its file."""
    parser.add_argument(
        "model", metavar="MODEL", choices=list(RESOURCES), help=", ".join(RESOURCES)
    )


def add_reason(parser: ArgumentParser) -> None:
    """`--reason`, required, and `--user`."""
    parser.add_argument("--reason", required=True, type=_reason, help="why, for the ledger")
    parser.add_argument("--user", metavar="NAME", help="the user name of who does this")


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )


def user_named(name: str | None) -> User | None:
    """The user of `--user`; CommandError when there is none of that name."""
    if name is None:
        return None
    try:
        return User.objects.get(username=name)
    except User.DoesNotExist:
        raise CommandError(
            f"There is no user “{name}”: give the user name of an account that is here."
        ) from None


def _reason(text: str) -> str:
    if not text.strip():
        raise ArgumentTypeError("The reason is blank: say in a few words why.")
    return text
