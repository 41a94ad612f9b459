"""Mappings as JSON: read strictly, so that nothing in one is passed over, and written back.

{
  "model": "officials",
  "columns": {
    "ref": {"from": "id", "as": "ref"},
    "name": {"from": ["first", "last"], "join": " ", "trim": true},
    "country": {"always": "US"},
    "born": {"from": "birthday"}
  },
  "ignored": ["phone"]
}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from roster.exchange.mappings import Fixed, Made, Making, Mapping, nearest
from roster.fields.texts import character_refusal
from roster.models.mappings import DEFINITION_LENGTH
from roster.text.characters import forbidden_character, quoted

MAX_CHARACTERS = DEFINITION_LENGTH
"""Characters that a mapping may have as JSON."""
REFUSE, KEEP = "refuse", "keep"
KEYS = ("model", "columns", "ignored")
KEYS_OF_A_COLUMN = ("from", "as", "join", "trim", "values", "others", "always")

Contract = dict[str, tuple[str, ...]]
"""By file stem, the columns that a mapping may make."""


class MappingRefused(Exception):
    """A mapping that cannot be used; the message is a sentence that names the key."""


def read_mapping(text: str, contract: Contract) -> Mapping:
    """The mapping that a JSON text declares. Raises MappingRefused."""
    if len(text) > MAX_CHARACTERS:
        raise MappingRefused(
            f"The mapping has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read."
        )
    try:
        said = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise MappingRefused(
            f"The mapping is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise MappingRefused("The mapping is nested too deep: see the example.") from None
    said = _dict(said, "The mapping")
    _only(said, KEYS, "The mapping")
    stem = _text(said.get("model"), "model")
    if stem not in contract:
        raise MappingRefused(
            f"model: there is no model {quoted(stem)}.{nearest(stem, contract)} The models are: "
            f"{', '.join(contract)}."
        )
    entries = _dict(said.get("columns"), "columns")
    if not entries:
        raise MappingRefused("columns: no column of ours is made; name at least the key.")
    _only(entries, contract[stem], "columns")
    columns = {name: _column(name, entry) for name, entry in entries.items()}
    mapping = Mapping(stem, columns, _names(said.get("ignored", []), "ignored"))
    if both := set(mapping.used) & set(mapping.ignored):
        raise MappingRefused(
            f"ignored: {quoted(min(both))} is mapped and ignored: decide on one of the two."
        )
    return mapping


def mapping_text(mapping: Mapping) -> str:
    """The JSON of a mapping, indented; with nothing in it that hides or reorders text."""
    said: dict[str, Any] = {
        "model": mapping.stem,
        "columns": {name: _said(made) for name, made in mapping.columns.items()},
    }
    if mapping.ignored:
        said["ignored"] = list(mapping.ignored)
    text = json.dumps(said, ensure_ascii=False, indent=2)
    if forbidden_character(text, multiline=True) is None:
        return text
    return "".join(
        json.dumps(one)[1:-1] if forbidden_character(one, multiline=True) else one for one in text
    )


def _said(made: Made | Fixed) -> dict[str, Any]:
    if isinstance(made, Fixed):
        return {"always": made.value}
    said: dict[str, Any] = {
        "from": made.sources[0] if len(made.sources) == 1 else list(made.sources)
    }
    if made.making != Making.TEXT:
        said["as"] = made.making.value
    elif len(made.sources) > 1:
        said["join"] = made.join
    if made.trims:
        said["trim"] = True
    if made.values:
        said |= {"values": made.values, "others": KEEP if made.keeps_others else REFUSE}
    return said


def _column(name: str, entry: Any) -> Made | Fixed:
    """What one key of `columns` declares."""
    where = f"columns.{name}"
    said = _dict(entry, where)
    _only(said, KEYS_OF_A_COLUMN, where)
    if "always" in said:
        if len(said) > 1:
            raise MappingRefused(f"{where}: always takes no other key beside it; leave one out.")
        if not (value := _ours(said["always"], f"{where}.always")):
            raise MappingRefused(f"{where}.always: it is empty; give a value, or leave {name} out.")
        return Fixed(value)
    if "from" not in said:
        raise MappingRefused(f"{where}: give from, columns of the file, or always, a fixed value.")
    sources = said["from"]
    sources = _names([sources] if isinstance(sources, str) else sources, f"{where}.from")
    if not sources:
        raise MappingRefused(f"{where}.from: name at least one column of the file.")
    making = _one_of(said.get("as", Making.TEXT), tuple(Making), f"{where}.as")
    is_joined = making == Making.TEXT and len(sources) > 1
    if is_joined and "join" not in said:
        raise MappingRefused(
            f"{where}: {' and '.join(map(quoted, sources))} would both become {name}. Give join, "
            'what stands between them, such as " ", or leave one column.'
        )
    if "join" in said and not is_joined:
        raise MappingRefused(f"{where}.join: it is for texts of several columns; leave it out.")
    return Made(
        sources,
        Making(making),
        join=_ours(said["join"], f"{where}.join") if is_joined else "",
        trims=_bool(said.get("trim", False), f"{where}.trim"),
        values=_values(said, sources, where),
        keeps_others=said.get("others") == KEEP,
    )


def _values(said: dict[str, Any], sources: Sequence[str], where: str) -> dict[str, str]:
    """The table of values of a column; empty where it has none."""
    if "values" not in said:
        if "others" in said:
            raise MappingRefused(f"{where}.others: it goes with values; leave it out.")
        return {}
    if len(sources) > 1:
        raise MappingRefused(f"{where}.values: a table of values is for a single column of theirs.")
    values = _dict(said["values"], f"{where}.values")
    if not values:
        raise MappingRefused(f"{where}.values: the table is empty; leave it out or fill it.")
    _one_of(said.get("others", REFUSE), (REFUSE, KEEP), f"{where}.others")
    return {
        theirs: _ours(ours, f"{where}.values.{quoted(theirs)}") for theirs, ours in values.items()
    }


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counts = Counter(key for key, _value in pairs)
    if twice := [key for key, count in counts.items() if count > 1]:
        raise MappingRefused(f"The key {quoted(twice[0])} stands twice in one object: leave one.")
    return dict(pairs)


def _dict(said: Any, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise MappingRefused(f"{where}: give an object in braces, with keys and values.")
    return said


def _only(said: dict[str, Any], keys: Collection[str], where: str) -> None:
    for key in said:
        if key not in keys:
            raise MappingRefused(
                f"{where}: there is no key {quoted(key)}.{nearest(key, keys)} The keys are: "
                f"{', '.join(keys)}."
            )


def _text(said: Any, where: str) -> str:
    if not isinstance(said, str):
        raise MappingRefused(f"{where}: give a text in quotation marks.")
    return said


def _ours(said: Any, where: str) -> str:
    """One line of text that goes into cells of ours."""
    text = _text(said, where)
    if refusal := character_refusal(text):
        raise MappingRefused(f"{where}: {refusal}")
    return text


def _names(said: Any, where: str) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(name, str) for name in said):
        raise MappingRefused(f"{where}: give a list of names of columns in quotation marks.")
    if len(set(said)) < len(said):
        twice = Counter(said).most_common(1)[0][0]
        raise MappingRefused(f"{where}: {quoted(twice)} is there twice; leave it once.")
    return tuple(said)


def _bool(said: Any, where: str) -> bool:
    if not isinstance(said, bool):
        raise MappingRefused(f"{where}: give true or false, without quotation marks.")
    return said


def _one_of(said: Any, accepted: Sequence[str], where: str) -> str:
    text = _text(said, where)
    if text not in accepted:
        raise MappingRefused(
            f"{where}: {quoted(text)} is not accepted; give one of {', '.join(accepted)}."
        )
    return text
