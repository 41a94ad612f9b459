"""Three ways at once: values as they were, theirs and yours, put together without losing either.

Pure: knows values by name and nothing of forms, rows or the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Merge:
    """What two sets of changes of the same values come to.

    `values` has every value: theirs where only they changed it, else yours, in a conflict too.
    `theirs`, `yours`, `same` and `conflicts` are the names of what only they, only you, both
    alike, and both differently changed; what nobody changed is in none of them.
    """

    values: Values
    theirs: frozenset[str]
    yours: frozenset[str]
    same: frozenset[str]
    conflicts: frozenset[str]


def merge(opened: Values, *, theirs: Values, yours: Values) -> Merge:
    """Put `theirs` and `yours`, which have the same names, together over `opened`.

    A value that `opened` does not know counts as changed by both.
    """
    changed = {
        name: (
            name not in opened or theirs[name] != opened[name],
            name not in opened or yours[name] != opened[name],
        )
        for name in yours
    }
    both = frozenset(name for name, by in changed.items() if by == (True, True))
    same = frozenset(name for name in both if theirs[name] == yours[name])
    only_theirs = frozenset(name for name, by in changed.items() if by == (True, False))
    return Merge(
        values={name: (theirs if name in only_theirs else yours)[name] for name in yours},
        theirs=only_theirs,
        yours=frozenset(name for name, by in changed.items() if by == (False, True)),
        same=same,
        conflicts=both - same,
    )
