"""The description that travels with a bundle: a Frictionless Tabular Data Package.

Made from the models' own columns, so that it never says anything else than they do; the same
files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from roster.exchange.columns import Column, OrdinalColumn, RecordColumn, RefColumn
from roster.exchange.resources import RESOURCES
from roster.fields import (
    CodeField,
    CountryField,
    FingerprintField,
    LanguageField,
    PartialDateField,
    RefField,
    WebAddressField,
)
from roster.fields.ordinals import LARGEST
from roster.models import Citation
from roster.models.citations import CITABLE, citable_columns

FILE_NAME = "datapackage.json"
MAX_BYTES = 2**20
"""Bytes of a description that are read."""

_ATOM = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_DATE = rf"{_ATOM}~?|\.\./{_ATOM}|{_ATOM}/\.\.|{_ATOM}/{_ATOM}"
_SEGMENT = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_REF = f"{_SEGMENT}(/{_SEGMENT})*"
_PATTERNS: dict[type, str] = {
    RefField: _REF,
    CountryField: "[A-Z]{2}",
    LanguageField: "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*",
    WebAddressField: r"https?://\S+",
    FingerprintField: "[0-9a-f]{64}",
}
"""The shape of a cell that is not blank; whether a date is one of the calendar, no pattern says."""


class BundleError(ValueError):
    """A bundle that cannot be read or written; the message says which part and why."""


@dataclass
class PackedFile:
    """One CSV file of a bundle, measured while it passes."""

    stem: str
    size_bytes: int = 0
    records: int = 0
    """Its rows, the header included."""
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def rows(self) -> int:
        return self.records - 1

    def passing(self, pieces: Iterable[str]) -> Iterator[bytes]:
        """The bytes of the file, of which each piece ends with a row."""
        for piece in pieces:
            content = piece.encode()
            self.size_bytes += len(content)
            self.records += records_in(piece)
            self.digest.update(content)
            yield content


@dataclass(frozen=True)
class ListedFile:
    """A file as a description lists it."""

    name: str
    sha256: str
    """In hexadecimal digits, empty where none is given."""


def records_in(csv_text: str) -> int:
    """How many rows of CSV a text ends: those of its line feeds that stand outside of quotes."""
    return sum(outside.count("\n") for outside in csv_text.split('"')[::2])


def describe(files: Iterable[PackedFile]) -> bytes:
    """`datapackage.json` of these files, in their order."""
    package = {
        "profile": "tabular-data-package",
        "name": "roster",
        "title": "Roster: who is under protection, against what threat, on what evidence",
        "resources": [_resource(file) for file in files],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def listed_in(description: bytes) -> list[ListedFile]:
    """The files that a description lists; ValueError when it is none."""
    try:
        entries = json.loads(description)["resources"]
        return [ListedFile(str(entry["path"]), _sha256(entry.get("hash"))) for entry in entries]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a description") from error


def _sha256(stated: object) -> str:
    algorithm, _, digits = str(stated).partition(":")
    return digits if algorithm == "sha256" else ""


def _resource(file: PackedFile) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": _name(file.stem),
        "path": f"{file.stem}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "bytes": file.size_bytes,
        "hash": f"sha256:{file.digest.hexdigest()}",
        "rows": file.rows,
        "schema": _schema(file.stem),
    }


def _name(stem: str) -> str:
    return stem.replace("_", "-")


def _schema(stem: str) -> dict[str, Any]:
    resource = RESOURCES[stem]
    columns = resource.columns()
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in columns.values()],
        "primaryKey": list(resource.model().key_columns),
        "missingValues": [""],
    }
    foreign_keys = [
        {
            "fields": column.name,
            "reference": {
                "resource": _name(column.target.file_stem)
                if column.target is not resource.model()
                else "",
                "fields": "ref",
            },
        }
        for column in columns.values()
        if isinstance(column, RefColumn)
    ]
    if resource.model() is Citation:
        foreign_keys.append(
            {
                "fields": ["source", "paragraph"],
                "reference": {"resource": "paragraphs", "fields": ["source", "number"]},
            }
        )
    if foreign_keys:
        schema["foreignKeys"] = foreign_keys
    return schema


def _field(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "type": "integer" if isinstance(column, OrdinalColumn) else "string",
    }
    if column.help:
        described["description"] = column.help
    if constraints := _constraints(column):
        described["constraints"] = constraints
    return described


def _constraints(column: Column) -> dict[str, Any]:
    """What a cell of the column has to be, as far as the standard has words for it."""
    model_field = getattr(column, "model_field", None)
    is_ref = isinstance(model_field, RefField)
    constraints: dict[str, Any] = {}
    if column.is_required or is_ref:  # a blank ref is made on the way in and never goes out
        constraints["required"] = True
    if is_ref:
        constraints["unique"] = True
    if isinstance(column, OrdinalColumn):
        constraints |= {"minimum": 1, "maximum": LARGEST}
    if isinstance(model_field, CodeField):
        constraints["enum"] = [str(code) for code, _label in model_field.flatchoices]
    elif model_field is Citation._meta.get_field("field"):
        columns = (name for model in CITABLE.values() for name in citable_columns(model))
        constraints["enum"] = list(dict.fromkeys(columns))
    elif pattern := _pattern(column):
        constraints["pattern"] = f"^({pattern})$"
    return constraints


def _pattern(column: Column) -> str | None:
    if isinstance(column, RecordColumn):
        return f"({'|'.join(CITABLE)}):{_REF}"
    model_field = getattr(column, "model_field", None)
    if isinstance(model_field, PartialDateField):
        return rf"{_DATE}|\.\." if model_field.open_end else _DATE
    return _PATTERNS.get(type(model_field))
