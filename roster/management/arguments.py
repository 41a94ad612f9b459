"""Arguments that several commands take. A malformed one is wrong usage: exit status 2."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone
from rapidfuzz import process

from roster.exchange.reading import CODECS, DELIMITERS
from roster.exchange.resources import RESOURCES
from roster.exchange.sheets import Form
from roster.models import Source
from roster.text.characters import quoted

NEAREST = 3
"""Refs that are offered for one that is not there."""


def day(text: str) -> date:
    """A DAY, YYYY-MM-DD and nothing else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ArgumentTypeError(f"“{text}” is not a day: write it as YYYY-MM-DD, 2024-07-18.")
    return found


def number_of_days(text: str) -> int:
    """DAYS, a whole number from 0 on."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise ArgumentTypeError(
            f"“{text}” is not a number of days: give a whole number from 0 on, such as 30."
        )
    return int(text)


def position(text: str) -> int:
    """A CHANGESET, by its place in the ledger."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ArgumentTypeError(
            f"“{text}” is not a place in the ledger: give a number such as 12, for changeset #12."
        )
    return int(text)


def time(text: str) -> datetime:
    """A TIME, ISO 8601 with its zone."""
    try:
        found = datetime.fromisoformat(text)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None or "T" not in text:
        raise ArgumentTypeError(
            f"“{text}” is not a time with its zone: write it as ISO 8601, such as "
            "2024-07-18T12:00:00Z or 2024-07-18T08:00-04:00."
        )
    return found


def today() -> date:
    """The day now, which only screens and commands ask for."""
    return timezone.localdate()


def add_model(parser: ArgumentParser) -> None:
    """MODEL, by the stem of its file."""
    parser.add_argument(
        "model", metavar="MODEL", choices=list(RESOURCES), help=", ".join(RESOURCES)
    )


def add_reason(parser: ArgumentParser, *, default: str = "") -> None:
    """`--reason`, required unless the command has a `default` to describe, and `--user`."""
    described = f"; default: {default}" if default else ""
    parser.add_argument(
        "--reason", required=not default, type=_reason, help=f"why, for the ledger{described}"
    )
    parser.add_argument("--user", metavar="NAME", help="the user name of who does this")


def add_form(parser: ArgumentParser) -> None:
    """`--encoding` and `--delimiter`, both found out by looking at the file unless given."""
    parser.add_argument(
        "--encoding",
        metavar="ENCODING",
        choices=list(CODECS),
        default="",
        help=f"{', '.join(CODECS)}; default: what the file's first bytes say, utf-8 or utf-16",
    )
    parser.add_argument(
        "--delimiter",
        choices=list(DELIMITERS.values()),
        default="",
        help="default: the one that stands most often in the header",
    )


def form_given(options: dict[str, Any]) -> Form:
    """What `add_form` was given."""
    characters = {name: character for character, name in DELIMITERS.items()}
    return Form(options["encoding"], characters.get(options["delimiter"], ""))


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


def source_named(ref: str) -> Source:
    """The source with this ref; CommandError, with the nearest refs, when there is none."""
    if found := Source.objects.filter(ref=ref).first():
        return found
    refs = list(Source.objects.values_list("ref", flat=True))
    nearest = [near for near, _score, _place in process.extract(ref, refs, limit=NEAREST)]
    offered = f"the nearest refs are {', '.join(nearest)}" if nearest else "there are none yet"
    raise CommandError(f"There is no source {quoted(ref)}: {offered}.")


def _reason(text: str) -> str:
    if not text.strip():
        raise ArgumentTypeError("The reason is blank: say in a few words why.")
    return text
