"""The grammar and the bounds of a partial date in SQL that bare `sqlite3` and `psql` understand.

One text serves both engines but for the test of an atom's shape and the search for the slash. No
expression fails or is NULL, whatever the text: PostgreSQL computes generated columns before it
looks at any CHECK, and it is the CHECK that has to refuse. No date function is used: PostgreSQL's
depend on settings of the session, and generated columns may not.
"""

from __future__ import annotations

from roster.fields.ruled import SQLITE, position

EARLIEST_DAY = "'0001-01-01'"
LATEST_DAY = "'9999-12-31'"
NO_DAY = "''"
MULTIPLES_OF_FOUR = "'" + " ".join(f"{number:02}" for number in range(0, 100, 4)) + "'"


def grammar(column: str, vendor: str, *, open_end: bool) -> str:
    """That the text of `column` is a partial date, to the days of the calendar."""
    slash, left, right, whole = _pieces(column, vendor)
    is_open = f"WHEN {column} = '..' THEN 1 = 1 " if open_end else ""
    # At the precision that both have, a date that is wholly before another also sorts before it.
    in_order = f"substr({left}, 1, length({right})) < substr({right}, 1, length({left}))"
    return (
        f"CASE WHEN {column} = '' THEN 1 = 1 {is_open}"
        f"WHEN {_is_plain(column, vendor)} THEN 1 = 1 "
        f"WHEN {slash} = 0 THEN "
        f"length({column}) - length({whole}) <= 1 AND {_is_atom(whole, vendor)} "
        f"ELSE ({left} = '..' OR {_is_atom(left, vendor)}) "
        f"AND ({right} = '..' OR {_is_atom(right, vendor)}) "
        f"AND CASE WHEN {left} = '..' THEN {right} <> '..' "
        f"WHEN {right} = '..' THEN 1 = 1 ELSE {in_order} END END"
    )


def earliest(column: str, vendor: str) -> str:
    """The first day that the date may be; an empty text where the text is no date."""
    slash, left, _, whole = _pieces(column, vendor)
    return (
        f"CASE WHEN {column} = '' THEN {EARLIEST_DAY} WHEN {column} = '..' THEN {LATEST_DAY} "
        f"WHEN {slash} > 0 THEN CASE WHEN {left} = '..' THEN {EARLIEST_DAY} "
        f"ELSE {_first(left)} END "
        f"WHEN {_is_about(column)} AND {_has_shape(whole, vendor)} "
        f"THEN {_first_about(whole, vendor)} "
        f"ELSE {_first(column)} END"
    )


def latest(column: str, vendor: str) -> str:
    """The last day that the date may be; an empty text where the text is no date."""
    slash, _, right, whole = _pieces(column, vendor)
    return (
        f"CASE WHEN {column} = '' THEN {LATEST_DAY} WHEN {column} = '..' THEN {LATEST_DAY} "
        f"WHEN {slash} > 0 THEN CASE WHEN {right} = '..' THEN {LATEST_DAY} "
        f"ELSE {_last(right, vendor)} END "
        f"WHEN {_is_about(column)} AND {_has_shape(whole, vendor)} "
        f"THEN {_last_about(whole, vendor)} "
        f"ELSE {_last(column, vendor)} END"
    )


def _pieces(column: str, vendor: str) -> tuple[str, str, str, str]:
    """The place of the slash, what is left and right of it, and all of it without its tilde.

    PostgreSQL refuses a negative length: `left` is only for where there is a slash.
    """
    slash = position(column, "'/'", vendor)
    left = f"substr({column}, 1, {slash} - 1)"
    right = f"substr({column}, {slash} + 1)"
    return slash, left, right, f"rtrim({column}, '~')"


def _is_about(text: str) -> str:
    return f"substr({text}, length({text}), 1) = '~'"


def _is_plain(text: str, vendor: str) -> str:
    """That the text is a month, or a day that every month has.

    Most dates are: they are let through before the whole grammar is asked, which takes as long as
    all else that is checked of a row.
    """
    if vendor == SQLITE:
        month = "[0-9][0-9][0-9][0-9]-[01][0-9]"
        day = f"{_day(text)} BETWEEN '01' AND '28'"
        return (
            f"({text} GLOB '{month}-[0-2][0-9]' AND {day} OR {text} GLOB '{month}') "
            f"AND {_month(text)} BETWEEN '01' AND '12' AND {text} > '0001'"
        )
    month, day = "(0[1-9]|1[0-2])", "(0[1-9]|1[0-9]|2[0-8])"
    return f"{text} ~ '^[0-9]{{4}}-{month}(-{day})?$' AND {text} > '0001'"


def _has_shape(text: str, vendor: str) -> str:
    """That the text has the digits and hyphens of a year, a month or a day."""
    if vendor == SQLITE:
        year, two = "[0-9][0-9][0-9][0-9]", "-[0-9][0-9]"
        shapes = (year, year + two, year + two + two)
        return "(" + " OR ".join(f"{text} GLOB '{shape}'" for shape in shapes) + ")"
    return f"({text} ~ '^[0-9]{{4}}(-[0-9]{{2}}){{0,2}}$')"


def _is_atom(text: str, vendor: str) -> str:
    """That the text is a year, a month or a day of the calendar."""
    return (
        f"{_has_shape(text, vendor)} AND {_year(text)} <> '0000' "
        f"AND (length({text}) < 7 OR {_month(text)} BETWEEN '01' AND '12') "
        f"AND (length({text}) < 10 OR {_day(text)} BETWEEN '01' AND {_last_day(text, vendor)})"
    )


def _first(text: str) -> str:
    return (
        f"CASE length({text}) WHEN 4 THEN {text} || '-01-01' WHEN 7 THEN {text} || '-01' "
        f"WHEN 10 THEN {text} ELSE {NO_DAY} END"
    )


def _last(text: str, vendor: str) -> str:
    return (
        f"CASE length({text}) WHEN 4 THEN {text} || '-12-31' "
        f"WHEN 7 THEN {text} || '-' || {_last_day(text, vendor)} "
        f"WHEN 10 THEN {text} ELSE {NO_DAY} END"
    )


def _first_about(text: str, vendor: str) -> str:
    year_before, month_before = _counted(_year(text), -1, 4), _counted(_month(text), -1, 2)
    month = (
        f"CASE {_month(text)} WHEN '01' THEN {year_before} || '-12' "
        f"ELSE {_year(text)} || '-' || {month_before} END"
    )
    return (
        f"CASE WHEN {text} IN ('0001', '0001-01', {EARLIEST_DAY}) THEN {EARLIEST_DAY} "
        f"WHEN length({text}) = 4 THEN {year_before} || '-01-01' "
        f"WHEN length({text}) = 7 THEN {month} || '-01' "
        f"WHEN {_day(text)} = '01' THEN {month} || '-' || {_last_day(text, vendor, months_on=-1)} "
        f"ELSE substr({text}, 1, 8) || {_counted(_day(text), -1, 2)} END"
    )


def _last_about(text: str, vendor: str) -> str:
    year_after, month_after = _counted(_year(text), 1, 4), _counted(_month(text), 1, 2)
    month = (
        f"CASE {_month(text)} WHEN '12' THEN {year_after} || '-01' "
        f"ELSE {_year(text)} || '-' || {month_after} END"
    )
    return (
        f"CASE WHEN {text} IN ('9999', '9999-12', {LATEST_DAY}) THEN {LATEST_DAY} "
        f"WHEN length({text}) = 4 THEN {year_after} || '-12-31' "
        f"WHEN length({text}) = 7 THEN {month} || '-' || {_last_day(text, vendor, months_on=1)} "
        f"WHEN {_day(text)} = {_last_day(text, vendor)} THEN {month} || '-01' "
        f"ELSE substr({text}, 1, 8) || {_counted(_day(text), 1, 2)} END"
    )


def _year(text: str) -> str:
    return f"substr({text}, 1, 4)"


def _month(text: str) -> str:
    return f"substr({text}, 6, 2)"


def _day(text: str) -> str:
    return f"substr({text}, 9, 2)"


def _counted(digits: str, step: int, width: int) -> str:
    """The number that `digits` write, one further, in the same width; digits must be digits."""
    return f"substr(CAST({10**width} + CAST({digits} AS integer) + {step} AS text), 2)"


def _last_day(text: str, vendor: str, *, months_on: int = 0) -> str:
    """The number of the last day of the month that lies `months_on` after that of `text`.

    Only for steps of at most one month: February is then always in the year of `text`.
    """
    thirty = ", ".join(f"'{month - months_on:02}'" for month in (4, 6, 9, 11))
    century, year = f"substr({text}, 1, 2)", f"substr({text}, 3, 2)"
    four_divides = f"CASE {year} WHEN '00' THEN {century} ELSE {year} END"
    return (
        f"CASE WHEN {_month(text)} IN ({thirty}) THEN '30' "
        f"WHEN {_month(text)} <> '{2 - months_on:02}' THEN '31' "
        f"WHEN {position(MULTIPLES_OF_FOUR, four_divides, vendor)} > 0 THEN '29' ELSE '28' END"
    )
