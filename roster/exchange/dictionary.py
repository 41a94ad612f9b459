"""The data dictionary: every file of the exchange, its columns and its rules, as Markdown.

Made from the models' own columns and constraints, so that it never says anything else than they do.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator

from roster.exchange.column_notes import ColumnNote, column_notes
from roster.exchange.resources import RESOURCES
from roster.exchange.resources.base import RowResource
from roster.models.records import Record, Row

_HEAD = """\
# The data dictionary

Made by `manage.py data_dictionary`; do not edit. The files of an export, a bundle and an import, in
the order in which one rests on another. A file to import has the key and any of the other columns,
in any order: a column left out is left as it is, a blank cell clears, and nothing is ever deleted.
Dates are written as [dates.md](dates.md) says.
"""


def data_dictionary() -> str:
    """All of it; ends with one line feed."""
    parts = [_HEAD, "\n".join(_beside())]
    parts += ["\n".join(_of(stem, resource)) for stem, resource in RESOURCES.items()]
    return "\n".join(parts).rstrip("\n") + "\n"


def _of(stem: str, resource: type[RowResource]) -> Iterator[str]:
    model, own = resource.model(), resource.columns()
    wanting = model.factual_columns() if issubclass(model, Record) else ()
    yield f"## {stem}.csv\n"
    yield " ".join(inspect.cleandoc(model.__doc__ or "").split())
    keys = " and ".join(f"`{column}`" for column in model.key_columns)
    yield f"Kind: `{model.record_kind}`. Key: {keys}.\n"
    yield "| column | needed | wants evidence | takes |\n|---|---|---|---|"
    for note in column_notes(resource):
        if note.name in own:
            evidence = "yes" if note.name in wanting else ""
            yield _row(f"`{note.name}`", note.needed, evidence, note.takes)
    yield ""
    if sentences := _rules(model):
        yield "What is refused between its columns:\n"
        yield from (f"- {sentence}" for sentence in sentences)
        yield ""


def _beside() -> Iterator[str]:
    """The columns that are no model's own, and the files that may have them."""
    files: dict[ColumnNote, list[str]] = defaultdict(list)
    for stem, resource in RESOURCES.items():
        for note in column_notes(resource):
            if note.name not in resource.columns():
                files[note].append(stem)
    yield "Beside its own columns, a file to import may have:\n"
    yield "| column | in | takes |\n|---|---|---|"
    for note, stems in files.items():
        where = "every file" if len(stems) == len(RESOURCES) else ", ".join(stems)
        yield _row(f"`{note.name}`", where, note.takes)
    yield ""


def _row(*cells: str) -> str:
    escaped = (cell.replace("\\", r"\\").replace("|", "&#124;") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _rules(model: type[Row]) -> list[str]:
    """The sentences of the constraints, each once."""
    said = (str(one.violation_error_message) for one in model._meta.constraints)
    return list(dict.fromkeys(said))
