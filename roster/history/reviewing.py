"""Which changesets must be reviewed: rules as data, asked once, when an act closes.

The answer is kept in the changeset's row, under its digest: no path that closes a changeset goes
round it, and a later change of the rules alters nothing that was closed before.
docs/decisions/0007-why-a-changeset-must-be-reviewed.md says what was rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from roster.history.diffs import differences_between, state
from roster.history.tracked import ACCOUNTS
from roster.models import DOMAIN, Acknowledgement, Changeset, Protection, Review
from roster.models.changes import Act, ChangesetKind

FIRST_CHANGESETS = 20
"""So many changesets of a new user are all reviewed; verdicts do not count towards them."""

EXEMPT = (ChangesetKind.SEED, ChangesetKind.MIGRATION)
"""Kinds that need no review: both write what the program brings along, reviewed as its code."""


@dataclass(frozen=True)
class WrittenRow:
    """One change of an act under way; `user_id` is the act's."""

    table: str
    key: int
    act: str
    before: str | None
    after: str | None
    user_id: int | None

    def alters(self, *columns: str) -> bool:
        """Whether one of these columns says something else than before; of a new row, anything."""
        found = differences_between(self.before, self.after)
        return any(difference.column in columns for difference in found)


@dataclass(frozen=True)
class WrittenAct:
    """An act as a whole, before it closes; `has_more_than_verdicts` if it wrote anything else."""

    kind: str
    user_id: int | None
    has_more_than_verdicts: bool


def _never(_: object) -> bool:
    return False


@dataclass(frozen=True)
class ReviewRule:
    """One reason for which a changeset must be reviewed.

    `name` is what the ledger keeps, `sentence` why it matters. It applies to an act of which
    `of_act` is true, or one of whose `acts` on a row in `tables` `of_row` is.
    """

    name: str
    title: str
    sentence: str
    of_act: Callable[[WrittenAct], bool] = _never
    of_row: Callable[[WrittenRow], bool] = _never
    tables: tuple[type[models.Model], ...] = ()
    acts: tuple[Act, ...] = (Act.INSERT, Act.UPDATE, Act.DELETE)


def _gives_rights(row: WrittenRow) -> bool:
    """Accounts made and removed, rights given and taken, and another's password set."""
    if row.table != User._meta.db_table or row.act != Act.UPDATE:
        return True
    is_anothers = row.key != row.user_id
    return row.alters("username", "is_active", "is_staff", "is_superuser") or (
        is_anothers and "password" in state(row.after)
    )


def _is_of_a_new_user(act: WrittenAct) -> bool:
    if act.user_id is None or not act.has_more_than_verdicts:
        return False
    verdicts = Review.objects.filter(reviewer=act.user_id).count()
    enough = FIRST_CHANGESETS + verdicts
    return Changeset.objects.filter(user=act.user_id).order_by()[:enough].count() < enough


RULES = (
    ReviewRule(
        "import",
        "Import",
        "It is an import: one file writes many rows that nobody typed one by one.",
        of_act=lambda act: act.kind == ChangesetKind.IMPORT,
    ),
    ReviewRule(
        "undo",
        "Undo",
        "It is an undo: it takes back what somebody wrote.",
        of_act=lambda act: act.kind == ChangesetKind.UNDO,
    ),
    ReviewRule(
        "deletion",
        "Deletion",
        "It deletes something of the record or of its evidence.",
        of_row=lambda _: True,
        tables=DOMAIN,
        acts=(Act.DELETE,),
    ),
    ReviewRule(
        "protection",
        "Level, provider, start or end of a protection",
        "It sets the level, provider, start or end of a protection, which say who is guarded.",
        of_row=lambda row: row.alters("level", "provider", "start", "end"),
        tables=(Protection,),
        acts=(Act.INSERT, Act.UPDATE),
    ),
    ReviewRule(
        "accounts",
        "Accounts and permissions",
        "It alters who may sign in or what they may do.",
        of_row=_gives_rights,
        tables=ACCOUNTS,
    ),
    ReviewRule(
        "altered_review",
        "Altered verdict",
        "It alters or removes a verdict that was given, which no screen does.",
        of_row=lambda _: True,
        tables=(Review,),
        acts=(Act.UPDATE, Act.DELETE),
    ),
    ReviewRule(
        "acknowledgement",
        "Acknowledgement",
        "It acknowledges what was written outside any changeset, or takes that back.",
        of_row=lambda _: True,
        tables=(Acknowledgement,),
    ),
    ReviewRule(
        "new_user",
        "New user",
        f"It is among the first {FIRST_CHANGESETS} changesets of a new user.",
        of_act=_is_of_a_new_user,
    ),
)
"""Every reason, in the order in which they are said."""

_BY_NAME = {rule.name: rule for rule in RULES}


def rules_of(changeset: Changeset) -> list[ReviewRule]:
    """Why a changeset must be reviewed; a rule that is no more stands by its name alone."""
    names = changeset.review_reasons.split(",") if changeset.review_reasons else []
    return [
        _BY_NAME.get(name, ReviewRule(name, name, f"A rule of then asked for it: {name}."))
        for name in names
    ]


class ReviewReasons:
    """Gathers, row by row, why an act under way must be reviewed."""

    def __init__(self, kind: str, user_id: int | None) -> None:
        self.kind, self.user_id = kind, user_id
        self._has_more_than_verdicts = False
        self._found: set[str] = set()
        self._ahead: dict[tuple[object, object], list[ReviewRule]] = {}
        """The rules still to be asked, by table and act as `change_rows` has them."""

    def see(self, row: tuple[Any, ...]) -> None:
        """Take in one change, as `change_rows` gives it."""
        rules = self._ahead.get((row[3], row[5]))
        if rules is None:
            rules = self._first_of(row[3], row[5])
        if rules:
            states = (_text(row[6]), _text(row[7]))
            written = WrittenRow(_text(row[3]), row[4], _text(row[5]), *states, self.user_id)
            self._found |= {rule.name for rule in rules if rule.of_row(written)}
            self._ahead[row[3], row[5]] = [rule for rule in rules if rule.name not in self._found]

    def _first_of(self, table: object, act: object) -> list[ReviewRule]:
        """The rules for changes of a table and act of which none has been seen yet."""
        name = _text(table)
        if name != Review._meta.db_table:
            self._has_more_than_verdicts = True
        rules = [
            rule
            for rule in RULES
            if self.kind not in EXEMPT
            and _text(act) in rule.acts
            and name in {model._meta.db_table for model in rule.tables}
        ]
        self._ahead[table, act] = rules
        return rules

    def names(self) -> str | None:
        """The names of the rules that apply, in their order, with commas; None where none does."""
        if self.kind in EXEMPT:
            return None
        act = WrittenAct(self.kind, self.user_id, self._has_more_than_verdicts)
        return ",".join(r.name for r in RULES if r.name in self._found or r.of_act(act)) or None


def _text(value: Any) -> Any:
    """What SQLite gives as bytes, as text."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
