"""Records as they were, as instances of today's models whose foreign keys lead to rows of then.

For a few rows with all that they rest on, such as one official; `past_cells` reads whole models.
An instance is for reading: its managers (`official.protections`) still ask today's tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Q

from roster.history.asof import recorded, rows_about
from roster.history.past.belonging import naming
from roster.history.past.cells import UNKNOWN, foreign_keys
from roster.history.tracked import OFFICIAL_PATHS
from roster.models import (
    DOMAIN,
    Change,
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Row,
    Threat,
)

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class PastOfficial:
    """An official at one moment and all that hung on the official then, each kind by key."""

    official: Official
    roles: tuple[Role, ...]
    threats: tuple[Threat, ...]
    protections: tuple[Protection, ...]
    extensions: tuple[ProtectionExtension, ...]
    citations: tuple[Citation, ...]

    def citations_of(self, row: Row) -> tuple[Citation, ...]:
        """The citations of one of these records."""
        return tuple(citation for citation in self.citations if citation.record == row)


def rows_as_of(model: type[R], position: int | None, *, keys: Iterable[int]) -> list[R]:
    """The rows of a model with these primary keys that there were at the position, in that order.

    Columns dropped since are left out, those added since are at their default. The position None
    is now.
    """
    return _Past(position).rows(model, keys)


def official_as_of(key: int, position: int | None) -> PastOfficial | None:
    """The official of this primary key at the position, if there was one then; deleted or not.

    The position None is now.
    """
    past = _Past(position)
    if not past.rows(Official, [key]):
        return None
    found = past.rows_of_official(key)

    def of(model: type[R]) -> tuple[R, ...]:
        return tuple(sorted((r for r in found if isinstance(r, model)), key=lambda row: row.label))

    return PastOfficial(
        of(Official)[0], of(Role), of(Threat), of(Protection), of(ProtectionExtension), of(Citation)
    )


class _Past:
    """Rows at one position, each read once and linked with the rows that it points at."""

    def __init__(self, position: int | None) -> None:
        self.position = position
        self._rows: dict[tuple[type[Row], int], Row | None] = {}

    def rows(self, model: type[R], keys: Iterable[int]) -> list[R]:
        """The rows of a model with these keys, as far as there were any, linked."""
        wanted = sorted(set(keys))
        self._read({model: set(wanted)})
        found = (self._rows[model, key] for key in wanted)
        return [row for row in found if isinstance(row, model)]

    def rows_of_official(self, key: int) -> list[Row]:
        """Every row that concerned the official at the position.

        The ledger notes with each change whom it concerned when it was written. A row whose parent
        came from another official is noted with that one: those are looked through as well.
        """
        found: dict[Row, None] = {}
        wanted: set[int | None] = {key}
        seen: set[int | None] = set()
        while wanted:
            keys = defaultdict[type[Row], set[int]](set)
            concerned = rows_about(filter(None, wanted), self.position)
            for table, row_key in (row for row in concerned if row[0] in _MODELS):
                keys[_MODELS[table]].add(row_key)
            if None in wanted:
                keys[Citation] |= _citations_without_official(found)
            self._read(keys)
            for model, of_model in keys.items():
                rows = self.rows(model, of_model)
                found |= dict.fromkeys(row for row in rows if key in _officials_of(row))
            seen |= wanted
            wanted = _officials_ever_of(found) - seen
        return list(found)

    def _read(self, wanted: dict[type[Row], set[int]]) -> None:
        """Read rows and, in rounds, all that they point at; then link them."""
        new: list[Row] = []
        while wanted:
            named: dict[type[Row], set[int]] = defaultdict(set)
            for model, keys in wanted.items():
                missing = {key for key in keys if (model, key) not in self._rows}
                self._rows |= {(model, key): None for key in missing}
                for key, columns in recorded(model, self.position, keys=missing):
                    row = _instance(model, columns)
                    self._rows[model, key] = row
                    new.append(row)
                    for field, target in foreign_keys(model):
                        if (other := getattr(row, field.attname)) is not None:
                            named[target].add(other)
            wanted = {
                model: unread
                for model, keys in named.items()
                if (unread := {key for key in keys if (model, key) not in self._rows})
            }
        for row in new:
            for field, target in foreign_keys(type(row)):
                if (key := getattr(row, field.attname)) is not None:
                    field.set_cached_value(row, self._rows[target, key] or _unknown(target, key))


_MODELS = {model._meta.db_table: model for model in DOMAIN}


def _instance(model: type[Row], columns: dict[str, Any]) -> Row:
    """A row as Django would have read it then, its generated columns left to be computed."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    values = [_value(field, columns) for field in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def _value(field: models.Field[Any, Any], columns: dict[str, Any]) -> Any:
    value = columns.get(str(field.column))
    if value is None and not field.null:
        return field.get_default()
    if read := getattr(field, "from_db_value", None):
        return read(value, None, connection)
    return value


def _unknown(model: type[Row], key: int) -> Row:
    """Stands for a row of which nothing was recorded at the time."""
    row = model()
    row.pk = key
    pointing = {field.name: target for field, target in foreign_keys(model)}
    for column in model.key_columns:
        known = _unknown(pointing[column], 0) if column in pointing else UNKNOWN
        setattr(row, column, known)
    return row


def _officials_of(row: Row) -> set[int | None]:
    """The key of the official whom the row concerns, by each of the ways that lead to one."""
    return {_end_of(row, path) for path in OFFICIAL_PATHS.get(type(row), ())}


def _end_of(row: Any, path: tuple[str, ...]) -> int | None:
    *steps, last = path
    for step in steps:
        if getattr(row, f"{step}_id") is None:
            return None
        row = getattr(row, step)
    key: int | None = getattr(row, row._meta.get_field(last).attname)
    return key


def _officials_ever_of(rows: Iterable[Row]) -> set[int | None]:
    """The officials whom rows with rows of their own concerned at any time; None for nobody."""
    theirs = Q(pk__in=())
    for model in (Role, Threat, Protection, ProtectionExtension):
        if keys := [row.pk for row in rows if isinstance(row, model)]:
            theirs |= Q(table=model._meta.db_table, key__in=keys)
    return set(Change.objects.filter(theirs).order_by().values_list("official", flat=True))


def _citations_without_official(rows: Iterable[Row]) -> set[int]:
    """Citations of a threat, among these rows, to officials in general as it was when cited."""
    threats = [row.pk for row in rows if isinstance(row, Threat)]
    changes = Change.objects.filter(naming(Citation, "threat_id", threats), official=None)
    return set(changes.order_by().values_list("key", flat=True))
