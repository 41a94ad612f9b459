"""The state of the evidence as a last column of an export, computed in sets; never read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models

from roster.models import Citation, Row
from roster.models.records import Record
from roster.provenance.states import EvidenceState, state_of_field, states_of, with_states

STATE_COLUMN = "_state"
"""The state of a row's evidence when it was exported; not part of the contract."""


def has_states(model: type[Row]) -> bool:
    """Whether rows of the model have a state: citations, and the records that are cited."""
    return issubclass(model, Citation | Record)


def ready_for_states(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows with what `state_cells` reads of each."""
    return with_states(rows) if issubclass(rows.model, Citation) else rows


def state_cells(rows: Sequence[Any]) -> list[str]:
    """The cell of each row: of a citation its states, of a record the gravest of each field.

    A record's cell names in column order the factual fields that are cited or want a citation;
    for all the rows there is one query.
    """
    if not rows or isinstance(rows[0], Citation):
        return ["|".join(states_of(row)) for row in rows]
    found = _states_by_field(rows)
    return [_cell(row, found[row.pk]) for row in rows]


_States = dict[str, list[tuple[bool, tuple[EvidenceState, ...]]]]
"""By field: whether each of its citations disputes it, and its states."""


def _states_by_field(records: Sequence[Record]) -> dict[int, _States]:
    """The citations of each record, by its key."""
    kind = records[0].record_kind
    of_these = Citation.objects.filter(**{f"{kind}__in": [record.pk for record in records]})
    found: dict[int, _States] = defaultdict(lambda: defaultdict(list))
    for citation in with_states(of_these.order_by()).only(kind, "field", "stance"):
        of_record = found[getattr(citation, f"{kind}_id")]
        of_record[citation.field].append((citation.disputes, states_of(citation)))
    return found


def _cell(record: Record, states: _States) -> str:
    found = (
        (column, state_of_field(record, column, states[column]))
        for column in record.factual_columns()
    )
    return "|".join(f"{column}={state}" for column, state in found if state)
