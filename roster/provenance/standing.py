"""How records stand as a whole: the gravest state of all that their fields rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from roster.models import Citation
from roster.provenance.states import FLAGS, EvidenceState, gravest, with_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roster.models.records import Record


def gravest_states(records: Sequence[Record]) -> dict[int, EvidenceState]:
    """The gravest state of any field of each of these records of one kind, by key.

    A record without citations, of which no value wants evidence, is left out. Two queries,
    however many the records.
    """
    if not records:
        return {}
    model = type(records[0])
    keys = [record.pk for record in records]
    found = {key: list(states) for key, states in _of_citations(model.record_kind, keys).items()}
    rows: Any = model._default_manager.order_by()
    for key in rows.filter(pk__in=keys).unsourced().values_list("pk", flat=True):
        found.setdefault(key, []).append(EvidenceState.UNSOURCED)
    return {key: gravest(states) for key, states in found.items()}


def _of_citations(kind: str, keys: list[int]) -> dict[int, list[EvidenceState]]:
    """The states that citations of each record are in; current only where all of them are."""
    citations = with_states(Citation.objects.filter(**{f"{kind}__in": keys})).order_by()
    counted = citations.values_list(kind).annotate(
        **{f"n_{flag}": Count("pk", filter=Q(**{flag: True})) for flag in FLAGS.values()}
    )
    return {
        key: [state for state, count in zip(FLAGS, counts, strict=True) if count]
        or [EvidenceState.CURRENT]
        for key, *counts in counted
    }
