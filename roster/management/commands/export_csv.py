"""Export one model as CSV or as a workbook."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.exports import export_csv, export_workbook
from roster.exchange.resources import RESOURCES
from roster.exchange.state_column import has_states
from roster.exchange.workbooks import WorkbookRefused
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "Export every row of a model as CSV in UTF-8, or as a workbook of Excel, its columns in "
        "their order, its rows by key. The file can be imported again as it is: what --states "
        "adds, an import passes over. In CSV, a cell that a spreadsheet would take for a formula "
        "has an apostrophe in front, which an import takes off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_model(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            type=Path,
            help="default: standard output; a workbook when it ends in .xlsx",
        )
        parser.add_argument(
            "--xlsx", action="store_true", help="write a workbook (.xlsx), every cell a text"
        )
        parser.add_argument(
            "--versions",
            action="store_true",
            help="add the column _version, by which an import sees what changed since",
        )
        parser.add_argument(
            "--states",
            action="store_true",
            help="add the column _state: of a citation its states, as in stale|unverified, of a "
            "record the gravest of each field, as in level=stale|provider=unsourced; not for "
            "sources and paragraphs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["output"]
        stem, added = options["model"], {key: options[key] for key in ("versions", "states")}
        if added["states"] and not has_states(RESOURCES[stem].model()):
            raise CommandError(
                f"Only citations and the records that they cite have a state of evidence, not "
                f"{stem}: leave --states out.",
                returncode=2,
            )
        if path is not None and (options["xlsx"] or path.suffix.casefold() == ".xlsx"):
            rows = self._write_workbook(stem, path, **added)
        elif options["xlsx"]:
            raise CommandError("A workbook goes to a file: name one with -o.", returncode=2)
        elif path is None:
            export_csv(stem, self.stdout, **added)
            return
        else:
            rows = self._write_csv(stem, path, **added)
        self.stderr.write(f"{rows} rows in {path}.")

    def _write_csv(self, stem: str, path: Path, **added: bool) -> int:
        with _writing(path), path.open("w", encoding="utf-8", newline="") as file:
            return export_csv(stem, file, **added)

    def _write_workbook(self, stem: str, path: Path, *, versions: bool, states: bool) -> int:
        # By way of a temporary file: rows that Excel cannot take leave an earlier one as it is.
        with TemporaryFile() as workbook:
            try:
                rows = export_workbook(stem, workbook, versions=versions, states=states)
            except WorkbookRefused as refusal:
                raise CommandError(str(refusal)) from refusal
            workbook.seek(0)
            with _writing(path), path.open("wb") as file:
                copyfileobj(workbook, file)
        return rows


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
