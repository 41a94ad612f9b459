"""Real files that were made elsewhere go in whole by their mappings, and out again.

12,767 legislators of the United States and 2,792 terms of office; public domain (CC0).
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from roster.actions.undo_changeset import undo_changeset
from roster.exchange.runs import import_csv
from roster.exchange.saved_mappings import find_mapping
from roster.history.changesets import changeset
from roster.models import Change, Official, Role

CONGRESS = Path(__file__).resolve().parents[3] / "shared" / "data" / "congress"
FILES = ("legislators-current.csv", "legislators-historical.csv")
TERM = ("type", "start", "end", "state", "district", "class", "party")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not CONGRESS.exists(), reason="the files of legislators are not beside this checkout"
    ),
]


def imported(stem, content):
    mapping = find_mapping(stem, str(Path(__file__).with_name("congress") / f"{stem}.json"))
    report = import_csv(stem, content, reason="Legislators.", mapping=mapping)
    assert report.errors == []
    return report


def legislators():
    """Imports both files; the reports."""
    return [imported("officials", (CONGRESS / name).read_bytes()) for name in FILES]


def terms():
    """The terms of the JSON file, flattened into the CSV of someone who has no mapping."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("bioguide", *TERM))
    for person in json.loads((CONGRESS / "legislators-current.json").read_text(encoding="utf-8")):
        for term in person["terms"]:
            writer.writerow((person["id"]["bioguide"], *(term.get(key, "") for key in TERM)))
    return out.getvalue().encode()


def people():
    """What the files themselves say, by the ref that each person gets."""
    said = {}
    for name in FILES:
        with (CONGRESS / name).open(encoding="utf-8", newline="") as file:
            said |= {row["bioguide_id"].lower(): row for row in csv.DictReader(file)}
    return said


def test_legislators_go_in_as_they_stand_again_without_a_change_and_out_to_nothing():
    first = legislators()
    assert [(report.rows, report.new) for report in first] == [(537, 537), (12_230, 12_230)]

    said, kept = people(), {official.ref: official for official in Official.objects.all()}
    assert kept.keys() == said.keys()
    for ref, row in said.items():
        parts = (row[part] for part in ("first_name", "middle_name", "last_name", "suffix"))
        official = kept[ref]
        assert official.name == " ".join(filter(None, parts))
        assert (official.born, official.country) == (row["birthday"], "US")
        assert official.aliases == tuple(
            dict.fromkeys(filter(None, (row["nickname"], row["full_name"])))
        )
    names = [official.name for official in kept.values()]
    assert sum(not official.born for official in kept.values()) == 542
    assert sum(not name.isascii() for name in names) > 100
    assert any("'" in name for name in names)
    assert any("’" in name for name in names)
    assert not [one for one in kept.values() if one.summary != one.summary.strip()]

    changes = Change.objects.count()
    again = legislators()
    assert [(report.unchanged, report.changeset) for report in again] == [
        (537, None),
        (12_230, None),
    ]
    assert Change.objects.count() == changes

    for report in reversed(first):
        undo_changeset(report.changeset, reason="Not ours to keep.")
    assert not Official.objects.exists()


def test_terms_of_office_become_roles_again_without_a_change_and_out_to_nothing():
    imported("officials", (CONGRESS / FILES[0]).read_bytes())
    report = imported("roles", terms())
    assert (report.rows, report.new) == (2_792, 2_792)
    assert Counter(Role.objects.values_list("title", "organization")) == {
        ("Representative", "United States House of Representatives"): 2_525,
        ("Senator", "United States Senate"): 267,
    }
    role = Role.objects.select_related("official").get(ref="c000127/rep/1993-01-05")
    assert (role.official.name, role.start, role.end, role.summary) == (
        "Maria Cantwell",
        "1993-01-05",
        "1995-01-03",
        "WA, 1, Democrat",
    )

    again = imported("roles", terms())
    assert (again.unchanged, again.changeset) == (2_792, None)

    undo_changeset(report.changeset, reason="Not ours to keep.")
    assert not Role.objects.exists()
    assert Official.objects.count() == 537


def test_value_that_is_in_no_table_is_told_by_line_and_their_column():
    with changeset(reason="Prepared.", kind="command"):
        Official.objects.create(ref="c000127", name="Maria Cantwell")
    mapping = find_mapping("roles", str(Path(__file__).with_name("congress") / "roles.json"))
    text = "bioguide,type,start,end,state,district,class,party\nC000127,del,2001,,WA,,,\n"
    report = import_csv("roles", text.encode(), reason="Legislators.", mapping=mapping)
    found = [(error.line, error.column, error.value) for error in report.errors]
    assert found == [(2, "type", "del"), (2, "type", "del")]
    assert not Role.objects.exists()
