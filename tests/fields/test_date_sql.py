"""The SQL of partial dates says what `roster.dates` says, for every text, on this engine."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.dates import PartialDate
from roster.fields import date_sql
from tests.test_dates import NO_NOTATION, NOTATION, notations

pytestmark = pytest.mark.django_db


def by_sql(texts: list[str]) -> dict[str, tuple[bool, str, str]]:
    """Of each text: whether it is a partial date, its earliest and its latest day."""
    vendor = connection.vendor
    rows = ", ".join(["(CAST(%s AS text))"] * len(texts))
    grammar = date_sql.grammar("t", vendor, open_end=True)
    columns = f"{grammar}, {date_sql.earliest('t', vendor)}, {date_sql.latest('t', vendor)}"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH one(t) AS (VALUES {rows}) SELECT t, {columns} FROM one", texts)
        return {text: (bool(is_date), *bounds) for text, is_date, *bounds in cursor.fetchall()}


def by_python(text: str) -> tuple[bool, str, str]:
    partial = PartialDate(text)
    return True, partial.earliest.isoformat(), partial.latest.isoformat()


def test_boundary_cases_have_the_same_bounds():
    texts = [text for text, _, _ in NOTATION]
    assert by_sql(texts) == {text: by_python(text) for text in texts}


def test_near_misses_are_no_dates_and_compute_without_failing():
    for is_date, earliest, latest in by_sql(NO_NOTATION).values():
        assert not is_date
        assert earliest is not None
        assert latest is not None


def test_every_day_around_the_ends_of_months_has_the_same_bounds():
    years = (1, 4, 100, 400, 1900, 2000, 2023, 2024, 9999)
    texts = [
        f"{year:04}-{month:02}{day}{about}"
        for year in years
        for month in range(14)
        for day in ("", "-00", "-01", "-02", "-27", "-28", "-29", "-30", "-31", "-32")
        for about in ("", "~")
    ]
    for text, (is_date, *bounds) in by_sql(texts).items():
        try:
            expected = by_python(text)
        except ValueError:
            assert not is_date, text
        else:
            assert (is_date, *bounds) == expected, text


in_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@in_database
@given(st.lists(notations(), min_size=10, max_size=60))
def test_every_date_has_the_same_bounds(texts):
    assert by_sql(texts) == {text: by_python(text) for text in texts}


@in_database
@given(st.lists(st.text(alphabet="0123456789-/~. ", max_size=24), min_size=10, max_size=60))
def test_every_other_text_is_no_date(texts):
    for text, (is_date, *_) in by_sql(texts).items():
        try:
            PartialDate(text)
        except ValueError:
            assert not is_date, text
        else:
            assert is_date, text


@in_database
@given(notations(), st.integers(0, 24), st.sampled_from("0123456789-/~.x"))
def test_a_date_with_one_character_more_or_less_is_judged_alike(text, place, character):
    place = min(place, len(text))
    longer = text[:place] + character + text[place:]
    shorter = text[:place] + text[place + 1 :]
    for changed, (is_date, *_) in by_sql([longer, shorter]).items():
        try:
            PartialDate(changed)
        except ValueError:
            assert not is_date, changed
        else:
            assert is_date, changed


def test_the_sql_has_no_percent_sign():
    for vendor in ("sqlite", "postgresql"):
        assert "%" not in date_sql.grammar("t", vendor, open_end=True)
        assert "%" not in date_sql.earliest("t", vendor) + date_sql.latest("t", vendor)
