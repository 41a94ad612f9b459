"""The names of new officials in a plan, folded so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from roster.exchange.columns import staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import SEARCH_KEY, Plan
from roster.exchange.plans import RowState
from roster.models import Official
from roster.text.folding import search_key
from roster.text.lists import split_list

MOST = 100_000
"""New officials of one file that are looked at."""


class NewOfficial(NamedTuple):
    """A new row of a file, by all its names folded."""

    line: int
    ref: str
    name: str
    folded: tuple[str, ...]


def new_officials(plan: Plan) -> list[NewOfficial]:
    """The first new rows of a planned file of officials, in its order; of any other file none."""
    if plan.model is not Official or "name" not in plan.given:
        return []
    aliases = f"s.{staged('aliases')}" if "aliases" in plan.given else "''"
    found = tables.rows_of(
        f"SELECT m.line, s.{staged('ref')}, s.{staged('name')}, {aliases}, m.{SEARCH_KEY} "
        f"FROM {plan.matched} m JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE m.state = '{RowState.NEW}' ORDER BY m.line LIMIT {MOST}"
    )
    return [
        NewOfficial(line, ref, name, folded_names(name, split_list(listed), key))
        for line, ref, name, listed, key in found
    ]


def folded_names(name: str, aliases: Iterable[str], key: str) -> tuple[str, ...]:
    """Each name folded, its words sorted; `key` is the search key of all of them together."""
    listed = list(aliases)
    names = [key] if not listed else [search_key(each) for each in (name, *listed)]
    return tuple(dict.fromkeys(filter(None, names)))
