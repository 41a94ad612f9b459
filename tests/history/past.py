"""What a roster says now, for comparing with what the ledger says of it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from roster.dashboards.coverage import OfficialCoverage, coverage_as_of, coverage_on
from roster.exchange.resources import RESOURCES
from roster.history.past.cells import Cells, cells_as_of
from roster.history.past.rows import official_as_of, rows_as_of
from roster.models import (
    DOMAIN,
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Threat,
)

A_DAY = date(2024, 7, 18)


@dataclass(frozen=True)
class Picture:
    """Everything that can be read of a roster at one moment."""

    cells: dict[str, list[Cells]]
    """By model, in the order of an export."""
    rows: dict[str, list[Cells]]
    """By model, in the order of primary keys: what instances say."""
    officials: dict[int, list[str]]
    """What hangs on each official."""
    coverage: list[OfficialCoverage]


def picture_now() -> Picture:
    """As today's tables say."""
    return Picture(
        cells={
            stem: [
                tuple(column.export(row) for column in resource.columns().values())
                for row in resource().in_export_order()
            ]
            for stem, resource in RESOURCES.items()
        },
        rows={
            model.file_stem: [_cells(row) for row in model._default_manager.order_by("pk")]
            for model in DOMAIN
        },
        officials={official.pk: _hanging_on(official) for official in Official.objects.all()},
        coverage=coverage_on(A_DAY),
    )


def picture_as_of(position: int | None, keys: dict[str, set[int]]) -> Picture:
    """As the ledger says; `keys` are those of all rows that there ever were, by model."""
    officials = {key: official_as_of(key, position) for key in keys["officials"]}
    return Picture(
        cells={model.file_stem: cells_as_of(model, position) for model in DOMAIN},
        rows={
            model.file_stem: [
                _cells(row) for row in rows_as_of(model, position, keys=keys[model.file_stem])
            ]
            for model in DOMAIN
        },
        officials={
            key: sorted(
                row.label
                for rows in (
                    (then.official,),
                    then.roles,
                    then.threats,
                    then.protections,
                    then.extensions,
                    then.citations,
                )
                for row in rows
            )
            for key, then in officials.items()
            if then
        },
        coverage=coverage_as_of(position, A_DAY),
    )


def _cells(row) -> Cells:
    return tuple(row.cell(column) for column in row.columns)


def _hanging_on(official: Official) -> list[str]:
    of = {"official": official}
    of_protection = {"protection__official": official}
    rows = [
        official,
        *Role.objects.filter(**of),
        *Threat.objects.filter(**of),
        *Protection.objects.filter(**of),
        *ProtectionExtension.objects.filter(**of_protection),
        *Citation.objects.filter(**of),
        *Citation.objects.filter(role__official=official),
        *Citation.objects.filter(threat__official=official),
        *Citation.objects.filter(protection__official=official),
        *Citation.objects.filter(extension__protection__official=official),
    ]
    return sorted(row.label for row in rows)
