"""Mappings as they are found: by name in the database, or in a file; for one model each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rapidfuzz import process

from roster.exchange.mapping_files import Contract, MappingRefused, read_mapping
from roster.exchange.mappings import Mapping
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import known_columns
from roster.models import ImportMapping
from roster.text.characters import quoted

NEAREST = 3
"""Names that are offered for one that is not there."""


@cache
def contract() -> Contract:
    """By file stem, the columns that a mapping may make."""
    return {stem: known_columns(resource()) for stem, resource in RESOURCES.items()}


def mapping_for(stem: str, definition: str) -> Mapping:
    """The mapping that a JSON text declares, for this model. Raises MappingRefused."""
    mapping = read_mapping(definition, contract())
    if mapping.stem != stem:
        raise MappingRefused(
            f"model: the mapping is for {mapping.stem}, the file for {stem}; use a mapping that "
            f"is for {stem}."
        )
    return mapping


def find_mapping(stem: str, asked: str) -> Mapping:
    """The mapping saved under this name, or else that of the JSON file at this path.

    Raises MappingRefused, with the nearest names where there is neither.
    """
    if saved := ImportMapping.objects.filter(name=asked).first():
        return mapping_for(stem, saved.definition)
    try:
        return mapping_for(stem, Path(asked).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise MappingRefused(f"{quoted(asked)} is not UTF-8: save it as UTF-8.") from None
    except FileNotFoundError:
        raise MappingRefused(_not_there(asked)) from None
    except OSError as error:
        raise MappingRefused(f"{quoted(asked)} cannot be read: {error.strerror}.") from None


def _not_there(asked: str) -> str:
    names = list(ImportMapping.objects.values_list("name", flat=True))
    nearest = [
        quoted(near) for near, _score, _place in process.extract(asked, names, limit=NEAREST)
    ]
    offered = f"the nearest names are {', '.join(nearest)}" if nearest else "none is saved yet"
    return f"There is no saved mapping {quoted(asked)} and no file of that name: {offered}."
