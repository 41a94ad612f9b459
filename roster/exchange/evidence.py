"""The state of the evidence as a last column of an export, computed in sets; never read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models

from roster.models import Citation, Row
from roster.models.records import Record
from roster.provenance.states import EvidenceState, gravest, states_of, with_states

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


def _states_by_field(records: Sequence[Record]) -> dict[int, dict[str, list[EvidenceState]]]:
    """The states of the citations of each record, by its key and the field that is cited."""
    kind = records[0].record_kind
    of_these = Citation.objects.filter(**{f"{kind}__in": [record.pk for record in records]})
    found: dict[int, dict[str, list[EvidenceState]]] = defaultdict(lambda: defaultdict(list))
    for citation in with_states(of_these.order_by()).only(kind, "field"):
        found[getattr(citation, f"{kind}_id")][citation.field] += states_of(citation)
    return found


def _cell(record: Record, states: dict[str, list[EvidenceState]]) -> str:
    return "|".join(
        f"{column}={gravest(states[column])}"
        for column in record.factual_columns()
        if column in states or record.cell(column) not in ("", "unknown")
    )
