"""How messages name rows that are here, or were: labels and values as text, looked up in sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from roster.history.past.changes import PastChange, Place, pasts_of, place_of
from roster.history.values import Values, chunks, fields_of
from roster.models import Citation, Paragraph, Source
from roster.models.citations import CITABLE
from roster.models.records import Referable

_NAMES = ("ref", "username", "name", "name", "position", "number", "source_id")
"""The columns from which a row that others point at is named."""


class Names:
    """Names of the rows that were added, and of those that they point at, gone ones included."""

    def __init__(self) -> None:
        self._rows: dict[Place, Mapping[str, Any]] = {}

    def add(self, rows: Iterable[tuple[type[models.Model], int, Values]]) -> None:
        """Learn rows by their values, and look up what is needed to name them."""
        added = [(model, key, values) for model, key, values in rows]
        self._rows.update({place_of(model, key): values for model, key, values in added})
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for model, _key, values in added:
            for column, target in _targets(model).items():
                if values.get(column) is not None:
                    wanted[target].add(values[column])
        self._look_up(wanted)
        paragraphs = [self._of(Paragraph, key) for key in wanted.get(Paragraph, ())]
        self._look_up({Source: {row["source_id"] for row in paragraphs if row.get("source_id")}})

    def add_keys(self, model: type[models.Model], keys: Iterable[int]) -> None:
        """Learn rows by their keys, as they are or as the ledger last recorded them."""
        names = ["pk", *(field.attname for field in model._meta.concrete_fields)]
        found: dict[int, Values] = {
            row["pk"]: row
            for some in chunks(sorted(keys))
            for row in model._base_manager.filter(pk__in=some).values(*names)
        }
        gone = [place_of(model, key) for key in keys if key not in found]
        found |= {place[1]: _last_state(past) for place, past in pasts_of(gone).items()}
        self.add((model, key, values) for key, values in found.items())

    def label(self, model: type[models.Model], key: int) -> str:
        """How messages name the row: its kind and its key of section 4, or its number."""
        row = self._of(model, key)
        kind = getattr(model, "record_kind", None) or model._meta.model_name
        if model is Citation:
            about = next((k for k in CITABLE if row.get(f"{k}_id") is not None), "official")
            record = self.label(CITABLE[about], row.get(f"{about}_id") or 0)
            place = self.label(Paragraph, row.get("paragraph_id") or 0)
            return f"{kind}:{record}/{row.get('field')}@{place}"
        if model is Paragraph:
            source = self._of(Source, row.get("source_id") or 0).get("ref", "?")
            return f"{kind}:{source}#{row.get('number', '?')}"
        named = next((row[name] for name in _NAMES if row.get(name)), key)
        return f"{kind}:{named}"

    def text(self, field: models.Field[Any, Any], value: Any) -> str:
        """A value as messages and previews give it; another row by its ref; nothing as nothing."""
        if value is None:
            return ""
        if isinstance(field, models.ForeignKey):
            label = self.label(field.related_model, value)
            is_ref = issubclass(field.related_model, Referable)
            return label.partition(":")[2] if is_ref else label
        if isinstance(value, bool):
            return str(value).lower()
        return str(field.get_prep_value(value))

    def _of(self, model: type[models.Model], key: int) -> Mapping[str, Any]:
        return self._rows.get(place_of(model, key), {})

    def _look_up(self, wanted: Mapping[type[models.Model], set[int]]) -> None:
        for model, keys in wanted.items():
            unknown = {key for key in keys if place_of(model, key) not in self._rows}
            columns = {field.column: field.attname for field in model._meta.concrete_fields}
            names = [columns[name] for name in _NAMES if name in columns]
            for some in chunks(sorted(unknown)):
                for row in model._base_manager.filter(pk__in=some).values("pk", *names):
                    self._rows[place_of(model, row["pk"])] = row
            gone = [p for key in unknown if (p := place_of(model, key)) not in self._rows]
            for place, past in pasts_of(gone).items():
                self._rows[place] = _last_state(past)


def _last_state(past: Sequence[PastChange]) -> Values:
    return past[-1].new or past[-1].old


def _targets(model: type[models.Model]) -> dict[str, type[models.Model]]:
    """The model that each foreign key of a model points at, by column."""
    return {
        column: field.related_model
        for column, field in fields_of(model).items()
        if isinstance(field, models.ForeignKey)
    }
