"""Bundles: a whole roster as a folder or zip of CSV files with their description.

Checksums are verified before anything is read into tables; all files form one changeset.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DatabaseError

from roster.exchange.bundle_reading import verified
from roster.exchange.bundle_writing import export_bundle
from roster.exchange.datapackage import BundleError
from roster.exchange.meanwhile import written_meanwhile
from roster.exchange.planning.planner import loaded
from roster.exchange.planning.writing import write
from roster.exchange.report import Refused, Report
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import plan_into, require_evidence, sheet_for
from roster.history.changesets import OpenChangeset, changeset

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


__all__ = ["BundleError", "BundleReport", "export_bundle", "import_bundle"]


@dataclass
class BundleReport:
    """What became of a bundle: one report a file, in the order in which they were read."""

    files: list[Report] = field(default_factory=list)
    changeset: int | None = None

    @property
    def ok(self) -> bool:
        return all(report.ok for report in self.files)


def import_bundle(
    path: Path | str,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "import",
    within: Callable[[OpenChangeset, BundleReport], None] | None = None,
) -> BundleReport:
    """Import every file of a bundle as one changeset, or nothing of it.

    All errors of form of all files come at once; errors of content up to the first file that has
    any, since later files rest on it. Evidence that values lack is known when all files are in,
    as the citations come last. Raises BundleError when the bundle itself is not sound. `within` is
    called inside the transaction when all rows are written.
    """
    with ExitStack() as kept:
        files = kept.enter_context(verified(Path(path)))
        outcome = BundleReport([Report(stem) for stem in files])
        # Everything is read before the transaction begins, so that it holds up others no longer
        # than it writes.
        read = []
        for report in outcome.files:
            sheet = sheet_for(report.model, files[report.model])
            plan = kept.enter_context(loaded(RESOURCES[report.model](), sheet))
            report.rows, report.errors = sheet.row_count, [*sheet.errors.listed]
            read.append((report, sheet, plan))
        if not outcome.ok:
            return outcome
        try:
            with changeset(user=user, reason=reason, kind=kind) as act:
                for report, sheet, plan in read:
                    plan_into(report, sheet, plan)
                    if not report.ok:
                        raise Refused(report)
                    write(plan)
                require_evidence(act, [(report, plan) for report, _sheet, plan in read])
                if within:
                    within(act, outcome)
        except Refused:
            return outcome
        except DatabaseError as error:
            report.errors.append(written_meanwhile(error))
            return outcome
    outcome.changeset = act.position
    for report in outcome.files:
        report.changeset = act.position
    return outcome
