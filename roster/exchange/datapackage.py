"""The description that travels with a bundle: a Frictionless Tabular Data Package.

Made from the models' own columns, so that it never says anything else than they do; the same
files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from roster.exchange.columns import Column, OrdinalColumn, RefColumn
from roster.exchange.resources import RESOURCES
from roster.fields import CodeField
from roster.models import Citation

FILE_NAME = "datapackage.json"


def describe(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """`datapackage.json` of the files: their bytes and row counts by stem, in their order."""
    package = {
        "profile": "tabular-data-package",
        "name": "roster",
        "title": "Roster: who is under protection, against what threat, on what evidence",
        "resources": [_resource(stem, content, rows) for stem, (content, rows) in files.items()],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def sha256(content: bytes) -> str:
    """The hash of a file as a package states it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _resource(stem: str, content: bytes, rows: int) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": stem.replace("_", "-"),
        "path": f"{stem}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "bytes": len(content),
        "hash": sha256(content),
        "rows": rows,
        "schema": _schema(stem),
    }


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
                "resource": column.target.file_stem.replace("_", "-")
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
    constraints: dict[str, Any] = {}
    if column.is_required:
        constraints["required"] = True
    model_field = getattr(column, "model_field", None)
    if isinstance(model_field, CodeField):
        constraints["enum"] = [str(code) for code, _label in model_field.flatchoices]
    if constraints:
        described["constraints"] = constraints
    return described
