"""The chain: every entry follows the one before, and its digest is that of its own changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, zip_longest

from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.digests import ChangesDigest, change_rows
from roster.history.entries import Header, UnreadableEntry, entries
from roster.history.verifying.anchors import Anchor
from roster.history.verifying.problems import Problem, Verdict


def chain_problems(
    connection: BaseDatabaseWrapper, verdict: Verdict, anchors: Iterable[Anchor]
) -> list[Problem]:
    """Recompute every digest; what does not fit, by position.

    Counts the entries and notes the head in `verdict`. Anchors are compared with the entries at
    their positions.
    """
    walk = _Walk(connection, anchors)
    problems = [*walk.entries(), *walk.leftovers()]
    verdict.changesets = walk.count
    verdict.head = walk.head if walk.head.position else None
    return sorted(problems, key=lambda problem: problem.changeset or walk.head.position + 1)


class _Walk:
    """Goes through entries by position and changes by id, side by side.

    An act writes its changes before it is given its position, so that changes of entries still
    to come are met early: of these a running digest is kept, not the rows.
    """

    def __init__(self, connection: BaseDatabaseWrapper, anchors: Iterable[Anchor]) -> None:
        self.connection = connection
        self.count = 0
        self.head = Anchor(position=0, digest="", changes=0)
        self._running: dict[int, ChangesDigest] = defaultdict(ChangesDigest)
        self._anchors: dict[int, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._anchors[anchor.position].append(anchor)

    def entries(self) -> Iterator[Problem]:
        """What is wrong with single entries and with their order."""
        rows = change_rows(self.connection, where="c.changeset_id IS NOT NULL")
        ahead = next(rows, None)
        for entry in entries(self.connection):
            self.count += 1
            if isinstance(entry, UnreadableEntry):
                yield Problem("digest", str(entry), changeset=entry.position)
                continue
            header, digest = entry
            while ahead is not None and ahead[0] <= header.last_change:
                self._running[ahead[1]].add(ahead)
                ahead = next(rows, None)
            yield from self._entry(header, digest)
        for row in chain([ahead] if ahead else (), rows):
            self._running[row[1]].add(row)

    def leftovers(self) -> Iterator[Problem]:
        """Changes that no entry covers, a side table at odds, and anchors beyond the end."""
        for changeset, changes in self._running.items():
            yield self._uncovered(changeset, changes)
        yield from self._wrongly_bound()
        for anchor in chain.from_iterable(self._anchors.values()):
            yield Problem(
                "anchor",
                f"The {anchor} names changeset {anchor.position}, but the ledger ends at "
                f"{self.head.position}: its tail was cut off or an old copy was put back.",
                changeset=anchor.position,
            )

    def _entry(self, header: Header, digest: str) -> Iterator[Problem]:
        place, previous = header.position, self.head
        if place != previous.position + 1:
            yield Problem(
                "chain",
                f"Changeset {place} follows {previous.position}: the ledger has no gaps, so "
                "entries were removed or renumbered.",
                changeset=place,
            )
        if header.previous_digest != previous.digest:
            yield Problem(
                "chain",
                f"Changeset {place} does not follow the entry before it: that entry was altered, "
                "removed or moved.",
                changeset=place,
            )
        own = self._running.pop(header.id, ChangesDigest())
        bound = yield from self._bound(header, own)
        if own.count != header.change_count:
            yield Problem(
                "digest",
                f"Changeset {place} was closed with {header.change_count} changes and has "
                f"{own.count}: changes were removed or added.",
                changeset=place,
            )
        elif digest != header.digest(own.hexdigest()):
            yield Problem(
                "digest",
                f"Changeset {place} or one of its changes {header.first_change} to "
                f"{header.last_change} was altered: its digest does not fit.",
                changeset=place,
            )
        self.head = Anchor(place, digest, previous.changes + own.count + bound)
        yield from self._anchored()

    def _bound(self, header: Header, own: ChangesDigest) -> Generator[Problem, None, int]:
        """Feed the changes made outside that the entry binds; returns how many are there."""
        if not header.outside:
            return 0
        bound = 0
        with self.connection.cursor() as cursor:
            for low, high in header.outside_runs:
                where = "c.changeset_id IS NULL AND c.id BETWEEN %s AND %s"
                for row in change_rows(self.connection, where=where, params=[low, high]):
                    own.bind(row)
                    bound += 1
            cursor.execute(
                "SELECT change_id FROM roster_boundchange WHERE changeset_id = %s ORDER BY 1",
                [header.id],
            )
            noted = (number for (number,) in iter(cursor.fetchone, None))
            listed = chain.from_iterable(range(low, high + 1) for low, high in header.outside_runs)
            if any(one != other for one, other in zip_longest(listed, noted)):
                yield Problem(
                    "digest",
                    f"Changeset {header.position} binds the changes {header.outside} made "
                    "outside, but the table of bound changes says otherwise: it was altered.",
                    changeset=header.position,
                )
        return bound

    def _anchored(self) -> Iterator[Problem]:
        found = self.head
        for anchor in self._anchors.pop(found.position, ()):
            if anchor != found:
                yield Problem(
                    "anchor",
                    f"Changeset {anchor.position} is not the one that the {anchor} names: digest "
                    f"{anchor.digest[:12]}… after {anchor.changes} changes there, "
                    f"{found.digest[:12]}… after {found.changes} here.",
                    changeset=anchor.position,
                )

    def _uncovered(self, changeset: int, changes: ChangesDigest) -> Problem:
        claim = f"{changes.count} changes, the first with id {changes.first},"
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT position FROM roster_changeset WHERE id = %s", [changeset])
            (position,) = cursor.fetchone() or (None,)
        if isinstance(position, int):
            return Problem(
                "digest",
                f"{claim} claim to belong to changeset {position}, whose digest does not cover "
                "them.",
                changeset=position,
                change=changes.first,
            )
        return Problem(
            "chain",
            f"{claim} belong to an act that has no entry: its entry was removed, or a migration "
            "broke off (run it again).",
            change=changes.first,
        )

    def _wrongly_bound(self) -> Iterator[Problem]:
        """Rows of the side table of which the entry knows nothing."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT b.change_id, s.position FROM roster_boundchange b "
                "LEFT JOIN roster_changeset s ON s.id = b.changeset_id "
                "WHERE coalesce(s.outside, '') = '' ORDER BY b.change_id"
            )
            for change, position in iter(cursor.fetchone, None):
                yield Problem(
                    "digest",
                    f"The table of bound changes says that changeset {position or '?'} binds "
                    f"change {change}, which no entry does: the table was altered.",
                    changeset=position,
                    change=change,
                )
