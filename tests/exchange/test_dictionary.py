"""The data dictionary in the documentation is the one that the columns give."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from roster.exchange.dictionary import data_dictionary
from roster.exchange.resources import RESOURCES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_documentation_has_the_dictionary_of_today(capsys):
    call_command("data_dictionary")
    assert capsys.readouterr().out == DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("stem", RESOURCES)
def test_every_column_of_a_file_is_described(stem):
    section = data_dictionary().split(f"## {stem}.csv\n")[1].split("\n## ")[0]
    for column in RESOURCES[stem].columns():
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{column}` |")]
        assert row.count("|") == 5


def test_rules_and_facts_are_told():
    protections = data_dictionary().split("## protections.csv\n")[1].split("\n## ")[0]
    assert "- An open end (..) has neither a reason" in protections
    level = next(line for line in protections.splitlines() if line.startswith("| `level` |"))
    assert "| yes |" in level
    assert "| `summary` |  |  |" in protections
