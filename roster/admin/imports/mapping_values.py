"""A mapping as the values of a form, and back: flat, and complete whatever the analyst chose.

Columns of theirs go by their place in the file, columns of ours by name. What is asked of a column
of ours depends on what it is made of, so that is asked once the columns are chosen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count, takewhile

from roster.admin.imports.our_columns import OurColumn
from roster.exchange.mappings import Fixed, Made, Making, Mapping
from roster.exchange.samples import Sample

Values = dict[str, str]
Ours = dict[str, OurColumn]

IGNORED = "-"
"""Stands for no column of ours."""
BLANK = "="
"""Stands for a blank among choices, of which nothing chosen means that it is not accepted."""
ON = "on"
MOST_VALUES = 50
"""Values that are offered one by one where our column has choices."""
MOST_TEXTS = 20
"""Values that are offered where it takes any text."""
LONGEST_VALUE = 100
"""Characters of a value that is offered."""


def becomes(place: int, turn: int) -> str:
    """The field that says what a column of theirs becomes; several, one a turn."""
    return f"becomes-{place}-{turn}"


def turns(values: Values, place: int) -> int:
    """How often it is asked what a column becomes: once more than there are answers."""
    answered = [turn for turn in given_turns(values, place) if values[becomes(place, turn)]]
    return answered[-1] + 2 if answered else 2


def given_turns(values: Values, place: int) -> list[int]:
    """The turns of a column that the values have."""
    return list(takewhile(lambda turn: becomes(place, turn) in values, count()))


def targets(values: Values, place: int) -> list[str]:
    """What a column of theirs is to become, in the order of the answers."""
    answers = (values[becomes(place, turn)] for turn in given_turns(values, place))
    return [answer for answer in answers if answer]


def sources(values: Values, width: int, ours: Ours) -> dict[str, list[int]]:
    """By column of ours, the places of the columns that it is made of, in their order."""
    found: dict[str, list[int]] = {}
    for place in range(width):
        for name in targets(values, place):
            if name in ours and place not in found.setdefault(name, []):
                found[name].append(place)
    for name, places in found.items():
        places.sort(key=lambda place: (_number(values.get(f"order-{name}-{place}", "")), place))
    return {name: found[name] for name in ours if name in found}


def table(values: Values, name: str) -> Values:
    """The table of values of a column of ours: what they say, and what that means."""
    found: Values = {}
    numbers = takewhile(lambda number: f"theirs-{name}-{number}" in values, count())
    for number in numbers:
        if (said := _said(values[f"theirs-{name}-{number}"])) is not None:
            found[said] = values.get(f"means-{name}-{number}", "")
    return found


def values_of(mapping: Mapping, header: Sequence[str], ours: Ours) -> Values:
    """What the form of a mapping holds, as far as a file with this header has its columns."""
    chosen: dict[int, list[str]] = {place: [] for place in range(len(header))}
    for place, theirs in enumerate(header):
        if theirs in mapping.ignored:
            chosen[place].append(IGNORED)
    values: Values = {}
    for name, made in mapping.columns.items():
        if isinstance(made, Fixed):
            values[f"always-{name}"] = made.value
            continue
        places = [header.index(source) for source in made.sources if source in header]
        for number, place in enumerate(places, 1):
            chosen[place].append(name)
            values[f"order-{name}-{place}"] = str(number)
        values |= _details(ours[name], made)
    for place, names in chosen.items():
        values |= {becomes(place, turn): name for turn, name in enumerate(names or [""])}
    return values


def _details(column: OurColumn, made: Made) -> Values:
    name = column.name
    values = {f"making-{name}": made.making.value}
    if made.making == Making.TEXT and len(made.sources) > 1:
        values[f"join-{name}"] = made.join
    if made.trims:
        values[f"trim-{name}"] = ON
    if made.values:
        values[f"others-{name}"] = "keep" if made.keeps_others else "refuse"
    blank = BLANK if column.offers_choices else ""
    return values | _rows(name, {theirs: meant or blank for theirs, meant in made.values.items()})


def guessed(samples: Sequence[Sample], ours: Ours) -> Values:
    """What a column is plainly called in ours becomes that; the rest is open."""
    called = {_plainly(name): name for name in ours}
    values, taken = {}, set()
    for place, sample in enumerate(samples):
        name = called.get(_plainly(sample.name), "")
        values[becomes(place, 0)] = "" if name in taken else name
        taken.add(name)
    return values


def completed(values: Values, samples: Sequence[Sample], ours: Ours) -> Values:
    """The values with an answer to all that the page asks, likely ones where there was none."""
    full = dict(values)
    for place in range(len(samples)):
        for turn in range(turns(values, place)):
            full.setdefault(becomes(place, turn), "")
    for name, places in sources(values, len(samples), ours).items():
        made_of = [samples[place] for place in places]
        full.setdefault(f"making-{name}", ours[name].likely_making(made_of).value)
        full.setdefault(f"join-{name}", " ")
        full.setdefault(f"others-{name}", "refuse" if ours[name].offers_choices else "keep")
        for number, place in enumerate(places, 1):
            full.setdefault(f"order-{name}-{place}", str(number))
        if full.get(f"shown-{name}", _signature(places)) != _signature(places):
            # It was made of other columns until now.
            full = {key: value for key, value in full.items() if not _is_row_of(name, key)}
        if len(places) == 1:
            full |= _rows(name, _all_rows(full, ours[name], made_of[0]))
    return full


def not_shown(values: Values, samples: Sequence[Sample], ours: Ours) -> list[str]:
    """The columns of ours of which something is to be decided that the page did not ask yet."""
    return [
        name
        for name, places in sources(values, len(samples), ours).items()
        if values.get(f"shown-{name}") != _signature(places)
        and (len(places) > 1 or ours[name].strange(samples[place] for place in places))
    ]


def as_shown(values: Values, samples: Sequence[Sample], ours: Ours) -> Values:
    """The completed values as a page that asks all of it sends them back."""
    made_of = sources(values, len(samples), ours)
    return values | {f"shown-{name}": _signature(places) for name, places in made_of.items()}


def mapping_of(
    values: Values, stem: str, samples: Sequence[Sample], ours: Ours, *, ignores_rest: bool
) -> Mapping:
    """The mapping that completed values declare."""
    made_of = sources(values, len(samples), ours)
    columns: dict[str, Made | Fixed] = {}
    for name, column in ours.items():
        if places := made_of.get(name):
            columns[name] = _made(values, column, [samples[place].name for place in places])
        elif value := values.get(f"always-{name}", ""):
            columns[name] = Fixed(value)
    places_ignored = (
        place
        for place in range(len(samples))
        if targets(values, place) == [IGNORED] or (ignores_rest and not targets(values, place))
    )
    ignored = dict.fromkeys(samples[place].name for place in places_ignored)
    return Mapping(stem, columns, tuple(ignored))


def _made(values: Values, column: OurColumn, theirs: list[str]) -> Made:
    making = Making(values.get(f"making-{column.name}") or Making.TEXT)
    is_joined = making == Making.TEXT and len(theirs) > 1
    keeps = values.get(f"others-{column.name}") == "keep"
    trims = values.get(f"trim-{column.name}") == ON
    told = _told(values, column, keeps=keeps) if len(theirs) == 1 else {}
    if trims:
        told = {theirs.strip(): meant for theirs, meant in told.items()}
    return Made(
        tuple(theirs),
        making,
        join=values.get(f"join-{column.name}", "") if is_joined else "",
        trims=trims,
        values=told,
        keeps_others=keeps and bool(told),
    )


def _told(values: Values, column: OurColumn, *, keeps: bool) -> Values:
    """The table of a column, without what goes without saying."""
    rows = table(values, column.name)
    if column.offers_choices:
        return {
            theirs: "" if meant == BLANK else meant
            for theirs, meant in rows.items()
            if meant and (theirs or meant != BLANK)
        }
    return {theirs: meant for theirs, meant in rows.items() if not keeps or theirs != meant}


def _all_rows(values: Values, column: OurColumn, sample: Sample) -> Values:
    """The table of a column with the values found; what a table had not is not taken for meant."""
    rows, offered = table(values, column.name), _offered(column, sample)
    if not rows:
        return offered
    if column.offers_choices:
        return dict.fromkeys(offered, "") | rows
    keeps = values.get(f"others-{column.name}") == "keep"
    return dict(zip(offered, offered, strict=True)) | rows if keeps else rows


def _offered(column: OurColumn, sample: Sample) -> Values:
    """The values of theirs whose meaning is asked, each with what it likely means."""
    found = [value for value in sample.values if len(value) <= LONGEST_VALUE]
    if strange := column.strange([sample]):
        if not column.offers_choices:
            return {value: column.code_of(value) or value for value in strange[:MOST_VALUES]}
        rows = {value: column.code_of(value) for value in found[:MOST_VALUES]}
        return rows | ({"": BLANK} if sample.has_blank else {})
    if column.choices:
        return {}
    if column.date:
        found = [value for value in found if not column.is_date(value)]
    offered = [value for value in found if value.isprintable()]
    return {value: value for value in offered} if len(offered) <= MOST_TEXTS else {}


def _rows(name: str, meanings: Values) -> Values:
    rows: Values = {}
    for number, (theirs, meant) in enumerate(meanings.items()):
        rows |= {f"theirs-{name}-{number}": json.dumps(theirs), f"means-{name}-{number}": meant}
    return rows


def _is_row_of(name: str, key: str) -> bool:
    return key.startswith((f"theirs-{name}-", f"means-{name}-"))


def _said(theirs: str) -> str | None:
    """A value of theirs as a hidden field carries it, whatever characters it has."""
    try:
        said = json.loads(theirs)
    except ValueError:
        return None
    return said if isinstance(said, str) else None


def _signature(places: Sequence[int]) -> str:
    return ",".join(map(str, sorted(places)))


def _number(text: str) -> int:
    """A place in an order; what has none comes last."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1_000


def _plainly(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
