"""Bundles: a whole roster as a folder or zip of CSV files with their description.

Checksums are verified before anything is read into tables; all files form one changeset.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from roster.exchange import datapackage
from roster.exchange.planning.planner import loaded
from roster.exchange.planning.writing import write
from roster.exchange.reading import limits_in_force
from roster.exchange.report import Refused, Report
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import export_csv, plan_into, require_evidence, sheet_for
from roster.history.changesets import changeset

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class BundleError(ValueError):
    """A bundle that cannot be read or written; the message says which part and why."""


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
) -> BundleReport:
    """Import every file of a bundle as one changeset, or nothing of it.

    All errors of form of all files come at once; errors of content up to the first file that has
    any, since later files rest on it. Evidence that values lack is known when all files are in,
    as the citations come last. Raises BundleError when the bundle itself is not sound.
    """
    contents = _verified(Path(path))
    outcome = BundleReport([Report(stem) for stem in RESOURCES if stem in contents])
    with ExitStack() as kept:
        # Everything is read before the transaction begins, so that it holds up others no longer
        # than it writes.
        read = []
        for report in outcome.files:
            sheet = sheet_for(report.model, contents[report.model])
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
        except Refused:
            return outcome
    outcome.changeset = act.position
    for report in outcome.files:
        report.changeset = act.position
    return outcome


def export_bundle(path: Path | str) -> dict[str, int]:
    """Write the whole roster to a new or empty folder, or to a file when it ends in `.zip`.

    Returns the rows of each file by its stem. The same roster gives the same bytes. Raises
    BundleError when the folder holds anything else than an earlier bundle.
    """
    target = Path(path)
    files: dict[str, tuple[bytes, int]] = {}
    with transaction.atomic():
        for stem in RESOURCES:
            out = io.StringIO(newline="")
            rows = export_csv(stem, out)
            files[stem] = (out.getvalue().encode(), rows)
    parts = {f"{stem}.csv": content for stem, (content, _rows) in files.items()}
    parts[datapackage.FILE_NAME] = datapackage.describe(files)
    try:
        if target.suffix == ".zip":
            _write_zip(target, parts)
        else:
            _write_folder(target, parts)
    except OSError as error:
        raise BundleError(f"{target} cannot be written: {error.strerror}.") from error
    return {stem: rows for stem, (_content, rows) in files.items()}


def _write_folder(target: Path, parts: dict[str, bytes]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    strangers = sorted(entry.name for entry in target.iterdir() if entry.name not in parts)
    if strangers:
        raise BundleError(
            f"{target} holds other files ({strangers[0]}): name a new or empty folder, or a "
            "file that ends in .zip."
        )
    for name, content in parts.items():
        (target / name).write_bytes(content)


def _write_zip(target: Path, parts: dict[str, bytes]) -> None:
    # A fixed moment, so that the same roster gives the same archive.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _verified(path: Path) -> dict[str, bytes]:
    """The files of a bundle by stem, after their checksums were found right."""
    parts = dict(_parts(path))
    if datapackage.FILE_NAME not in parts:
        raise BundleError(
            f"{path} is not a bundle: it has no {datapackage.FILE_NAME}. Give a folder or zip "
            "that export_bundle made."
        )
    contents: dict[str, bytes] = {}
    for entry in _listed(parts[datapackage.FILE_NAME], path):
        name = str(entry.get("path"))
        stem = name.removesuffix(".csv")
        if stem not in RESOURCES:
            raise BundleError(
                f"{path}: {datapackage.FILE_NAME} names {name}, which is no file of a roster; "
                f"those are {', '.join(f'{known}.csv' for known in RESOURCES)}."
            )
        if name not in parts:
            raise BundleError(f"{path}: {name} is missing, though it is listed.")
        if entry.get("hash") != datapackage.sha256(parts[name]):
            raise BundleError(
                f"{path}: {name} is not the file that {datapackage.FILE_NAME} describes: its "
                "SHA-256 differs. To import an edited file by itself, use import_csv."
            )
        contents[stem] = parts[name]
    unlisted = sorted(parts.keys() - {f"{stem}.csv" for stem in contents} - {datapackage.FILE_NAME})
    if unlisted:
        raise BundleError(f"{path}: {unlisted[0]} is there, but not listed: remove it.")
    return contents


def _listed(description: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        resources = json.loads(description)["resources"]
        return [dict(entry) for entry in resources]
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"{path}: {datapackage.FILE_NAME} is not the description of a bundle."
        ) from error


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of the folder or zip with its bytes; folders inside are refused."""
    try:
        if path.is_dir():
            for entry in sorted(path.iterdir()):
                yield entry.name, entry.read_bytes()
            return
        with zipfile.ZipFile(path) as archive:
            most = limits_in_force().file_bytes
            if sum(entry.file_size for entry in archive.infolist()) > most:
                raise BundleError(f"{path} unpacks to more than {most:,} bytes; it is not read.")
            for member in archive.infolist():
                yield member.filename, archive.read(member)
    except (OSError, zipfile.BadZipFile) as error:
        raise BundleError(
            f"{path} cannot be read as a bundle, a folder or zip of CSV files: {error}."
        ) from error
