"""Loading: a sheet is read into the staging table, each cell by the rule of its column.

What is wrong with a cell by itself is noted here; nothing of the roster is asked but the
paragraphs that rows bring as evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any

from roster.exchange.citing import CITE_COLUMNS, Passage, Passages
from roster.exchange.columns import staged
from roster.exchange.planning import tables
from roster.exchange.planning.compiled import CompiledColumn, Refused
from roster.exchange.planning.plan import CITED, VERSION, Plan
from roster.exchange.progress import Progress, Watch
from roster.exchange.resources.base import VERSION_COLUMN
from roster.exchange.sheets import Batch, Sheet


def load(plan: Plan, sheet: Sheet, watch: Watch | None = None) -> None:
    """Read the whole sheet into the plan's staging table, a batch at a time."""
    tables.create(plan.staged, _columns(plan))
    loader = _Loader(plan, sheet)
    for batch in sheet.batches:
        if batch.rows:
            tables.load(plan.staged, loader.names, loader.rows(batch))
        if watch:
            watch(Progress("reading", sheet.row_count, sheet.fraction))
    tables.measure(plan.staged)


def _columns(plan: Plan) -> dict[str, str]:
    """The columns of the staging table and their types."""
    given = {staged(name): plan.columns[name].sql_type for name in plan.given}
    version = {VERSION: "text"} if plan.has_versions else {}
    cited = CITED if plan.brings_evidence else {}
    return {"line": "integer PRIMARY KEY", "is_wrong": "integer", **given, **version, **cited}


class _Loader:
    """Makes of each batch of a sheet the rows of the staging table."""

    def __init__(self, plan: Plan, sheet: Sheet) -> None:
        self.plan = plan
        self.names = list(_columns(plan))
        self._places = {name: place for place, name in enumerate(sheet.header)}
        self._readers = [CompiledColumn(plan.columns[name]) for name in plan.given]
        self._passages = Passages() if plan.brings_evidence else None

    def rows(self, batch: Batch) -> Iterator[Sequence[Any]]:
        """The rows of the staging table; what is refused is noted and stands there as NULL."""
        cells = list(zip(*batch.rows, strict=True))
        wrong = [0] * len(batch.lines)
        values = [self._read(reader, batch, cells, wrong) for reader in self._readers]
        if self.plan.has_versions:
            values.append(cells[self._places[VERSION_COLUMN]])
        if self._passages:
            values += self._cited(self._passages, batch, cells, wrong)
        return zip(batch.lines, wrong, *values, strict=True)

    def _read(
        self,
        reader: CompiledColumn,
        batch: Batch,
        cells: list[tuple[str, ...]],
        wrong: list[int],
    ) -> Sequence[Any]:
        """One column of the batch."""
        name = reader.column.name
        said = cells[self._places[name]]
        values = reader.read(said)
        if not reader.has_refused:
            return values
        taken = list(values)
        for number, value in enumerate(taken):
            if isinstance(value, Refused):
                taken[number], wrong[number] = None, 1
                for sentence in value.sentences:
                    self.plan.refuse(batch.lines[number], name, sentence, said[number])
        return taken

    def _cited(
        self, passages: Passages, batch: Batch, cells: list[tuple[str, ...]], wrong: list[int]
    ) -> list[Sequence[Any]]:
        """The passage that each row brings, as the columns of `CITED`."""
        blank = ("",) * len(wrong)
        given = (
            cells[self._places[name]] if name in self._places else blank for name in CITE_COLUMNS
        )
        rows = list(zip(*given, strict=True))
        found: list[Passage] = []
        for number, passage in enumerate(passages.of(rows)):
            if isinstance(passage, Passage):
                found.append(passage)
                continue
            found.append(Passage())
            wrong[number] = 1
            said = dict(zip(CITE_COLUMNS, rows[number], strict=True))
            for column, sentences in passage.sentences.items():
                for sentence in sentences:
                    self.plan.refuse(batch.lines[number], column, sentence, said[column])
        return list(zip(*map(astuple, found), strict=True))
