"""Import one file, CSV or a workbook, as one changeset or not at all."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.attempts import INTERRUPTED
from roster.exchange.import_runs import import_file
from roster.exchange.mapping_files import MappingRefused
from roster.exchange.report import CellError, Report
from roster.exchange.runs import import_csv
from roster.exchange.saved_mappings import find_mapping
from roster.management import arguments
from roster.management.progress_bar import ProgressBar

_ALIKE = (
    "New officials with nearly the name of another, here or in the file: {count}. The preview in "
    "the admin lists them."
)


class Command(BaseCommand):
    help = (
        "Import one file, CSV or a workbook, into a model: all of it in one changeset, or "
        "nothing. The file has the key column(s) and any of the others, in any order; a column "
        "left out is left as it is, a blank cell clears, and nothing is ever deleted. A file of "
        "records may bring its evidence: cite_source, cite_paragraph, cite_quote and cite_stance "
        "name a passage that is cited for every factual field which the row sets or changes. Of a "
        "workbook the plain cells of its only sheet are read. With --map, the columns of a file "
        "that was made elsewhere become ours as the mapping says. A terminal shows how far it is; "
        "Ctrl-C stops it, and nothing is written. Exit status 1 when refused or stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_model(parser)
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a CSV file, or a workbook (.xlsx)"
        )
        arguments.add_form(parser)
        arguments.add_reason(parser)
        parser.add_argument(
            "--map",
            metavar="NAME|FILE",
            help="a saved mapping by its name, or a JSON file of one, for a file made elsewhere",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do; write nothing"
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._report(options)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._say(report, dry_run=options["dry_run"])
        if not report.ok:
            raise SystemExit(1)

    def _report(self, options: dict[str, Any]) -> Report:
        stem, path, reason = options["model"], options["file"], options["reason"]
        form = arguments.form_given(options)
        bar = None if options["json"] or not sys.stderr.isatty() else ProgressBar(sys.stderr)
        try:
            user = arguments.user_named(options["user"])
            asked = options["map"]
            mapping = None if asked is None else find_mapping(stem, asked)
            if options["dry_run"]:
                return import_csv(
                    stem, path, reason=reason, user=user, dry_run=True, form=form, mapping=mapping
                )
            return import_file(
                stem, path, reason=reason, user=user, form=form, mapping=mapping, watch=bar
            )
        except OSError as error:
            problem = f"{path} cannot be read: {error.strerror}."
        except (CommandError, MappingRefused) as error:
            problem = str(error)
        except KeyboardInterrupt:
            problem = INTERRUPTED
        finally:
            if bar:
                bar.clear()
        return Report(stem, errors=[CellError(None, None, problem)])

    def _say(self, report: Report, *, dry_run: bool) -> None:
        for error in report.errors:
            self.stderr.write(str(error))
        if report.alike:
            self.stdout.write(_ALIKE.format(count=report.alike))
        counts = (
            f"Rows: {report.rows}; new: {report.new}; changed: {report.changed}; "
            f"unchanged: {report.unchanged}"
        )
        if report.cited or report.stale:
            counts += f"; citations: {report.cited}; citations that become stale: {report.stale}"
        if not report.ok:
            self.stderr.write(
                f"{counts}; conflicts: {report.conflicts}; errors: {len(report.errors)}. "
                "Nothing was written."
            )
        elif dry_run:
            self.stdout.write(f"{counts}. A dry run: nothing was written.")
        elif report.changeset is None:
            self.stdout.write(f"{counts}. Nothing to write.")
        else:
            self.stdout.write(f"{counts}. Changeset {report.changeset}.")
