"""An import asks the database the same few questions of ten rows as of a thousand."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.exchange.cells import send
from tests.factories import OfficialFactory, ParagraphFactory, SourceFactory

pytestmark = pytest.mark.django_db


def a_file(stem, count):
    """Header and rows: new ones, changed ones and, of officials, some without a ref."""
    match stem:
        case "officials":
            return ["ref", "name", "died", "cite_source", "cite_paragraph"], [
                [f"a{n}" if n % 3 else "", f"Ann {n}", "2020" if n % 2 else "", "s", "1"]
                for n in range(count)
            ]
        case "threat_sources":
            return ["ref", "name", "kind", "parent"], [
                [f"t{n}", "Quim", "group", f"t{n + 1}" if n + 1 < count else ""]
                for n in range(count)
            ]
        case "paragraphs":
            return ["source", "number", "text"], [["s", n + 2, f"Word {n}."] for n in range(count)]
        case "citations":
            return ["record", "field", "source", "paragraph", "quote", "stance"], [
                ["official:a1", "name", "s", "1", f"words {n}", "supports"] for n in range(count)
            ]


def statements(stem, count, *, wrong=False):
    """How many statements the import of so many rows takes, which is undone."""
    header, rows = a_file(stem, count)
    if wrong:
        rows = [[*row[:-1], "nowhere"] for row in rows]
    before = transaction.savepoint()
    with CaptureQueriesContext(connection) as captured:
        report = send(stem, header, *rows)
    transaction.savepoint_rollback(before)
    assert report.ok is not wrong, report.errors
    assert report.rows == count
    return len(captured)


@pytest.fixture(autouse=True)
def roster():
    ParagraphFactory(source=SourceFactory(ref="s"), number=1)
    for n in range(1, 9):
        OfficialFactory(ref=f"a{n}", name="Somebody")


STEMS = ["officials", "threat_sources", "paragraphs", "citations"]


@pytest.mark.parametrize("stem", STEMS)
def test_the_number_of_statements_does_not_grow_with_the_rows(stem):
    assert statements(stem, 10) == statements(stem, 1_000) < 60


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem != "paragraphs"])
def test_nor_with_the_rows_that_are_wrong(stem):
    assert statements(stem, 10, wrong=True) == statements(stem, 1_000, wrong=True) < 60
