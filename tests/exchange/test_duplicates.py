"""Possible duplicates: new officials whose name is nearly that of another, here or in the file."""

from __future__ import annotations

import pytest

from roster.exchange import duplicates
from roster.exchange.planning import names
from roster.exchange.runs import import_csv, preview_csv
from roster.models import Official
from tests.factories import OfficialFactory


def alike(rows, header="ref,name,aliases"):
    """Of each row that is near to others: its line, and who those are, by ref or line."""
    _report, shown = preview_csv("officials", f"{header}\n{rows}".encode())
    return {
        row.line: [one.ref if one.key else one.line for one in row.near]
        for row in shown.duplicates.rows
    }


@pytest.mark.parametrize(
    ("here", "new", "is_near"),
    [
        ("Ada Example", "Ada Example", True),
        ("Ada Example", "Example, Ada", True),
        ("Ada Example", "ADA EXAMPLE", True),
        ("Ada Éxample", "Ada Example", True),
        ("Ада Иванова", "Ada Ivanova", True),
        ("Ada Ann Example", "Ada Ann Exampel", True),
        ("Ada Example", "Ada Exampl", True),
        ("Ada Ann Example", "Ada Anna Example", True),
        ("Ada Example", "Ada B. Example", False),  # another person as often as the same
        ("Ada Example", "Bob Example", False),
        ("Ada Example", "Ada Sample", False),
        ("Ada Example", "Adda Exxample", False),  # no word in common to find them by
        ("Cher", "Cher", True),
    ],
)
def test_new_name_is_near_when_one_letter_or_so_differs(db, here, new, is_near):
    OfficialFactory(ref="here", name=here)
    assert alike(f'new,"{new}",\n') == ({2: ["here"]} if is_near else {})


def test_aliases_count_like_names_on_both_sides(db):
    OfficialFactory(ref="here", name="Robert Example", aliases=["Bobby Example"])
    OfficialFactory(ref="other", name="Somebody Else")
    rows = "one,Bobby Example,\ntwo,Nobody Known,Robert Exampel|Somebody Elsie\n"
    assert alike(rows) == {2: ["here"], 3: ["other", "here"]}


def test_rows_of_the_file_are_compared_with_those_above(db):
    rows = "one,Ada Ann Example,\ntwo,Bob Example,\nthree,Ada Ann Exampel,\nfour,Ada Ann Example,\n"
    assert alike(rows) == {4: [2], 5: [2, 4]}


def test_rows_that_are_here_already_are_no_duplicates(db):
    OfficialFactory(ref="ada", name="Ada Example")
    assert alike("ada,Ada Example,\n") == {}
    assert alike("ada,Ada Exampel,\n") == {}


def test_the_nearest_come_first_and_no_more_than_are_shown(db):
    for number in range(duplicates.MOST_NEAR + 1):
        OfficialFactory(ref=f"near-{number}", name="Ada Ann Exampel")
    OfficialFactory(ref="same", name="Ada Ann Example")
    _report, shown = preview_csv("officials", b"ref,name\nnew,Ada Ann Example\n")
    (row,) = shown.duplicates.rows
    assert [one.ref for one in row.near][:2] == ["same", "near-0"]
    assert (len(row.near), row.has_more) == (duplicates.MOST_NEAR, True)


def test_names_without_letters_are_near_to_nobody(db):
    OfficialFactory(ref="here", name="…")
    assert alike("new,—,\n") == {}


def test_files_of_other_models_and_without_names_have_none(db):
    OfficialFactory(ref="ada", name="Ada Example")
    assert alike("ada,US\n", header="ref,country") == {}
    _report, shown = preview_csv("sources", b"ref,title\nnotice,Ada Example\n")
    assert (shown.duplicates.rows, shown.duplicates.is_complete) == ([], True)


def test_common_words_are_left_out_when_there_are_too_many_names(db, monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_COMPARISONS", 3)
    for number in range(10):
        OfficialFactory(ref=f"here-{number}", name=f"John Other{chr(97 + number) * 3}")
    OfficialFactory(ref="rare", name="Johan Unusual")
    OfficialFactory(ref="same", name="John Othrrs")
    _report, shown = preview_csv(
        "officials", b"ref,name\none,John Unusual\ntwo,John Othrrs\nthree,John Otheraab\n"
    )
    assert [(row.line, row.near[0].ref) for row in shown.duplicates.rows] == [
        (2, "rare"),
        (3, "same"),
    ]
    assert not shown.duplicates.is_complete


def test_only_so_many_new_officials_are_looked_at(db, monkeypatch):
    monkeypatch.setattr(names, "MOST", 2)
    rows = "".join(f"new-{number},Ada Example\n" for number in range(4))
    assert alike(rows, header="ref,name") == {3: [2]}


def test_queries_do_not_grow_with_the_names(db, django_assert_num_queries):
    OfficialFactory(ref="here", name="Ada Example")
    new = [names.NewOfficial(n, f"n-{n}", "Ada Example", ("ada example",)) for n in range(50)]
    with django_assert_num_queries(1):
        assert len(duplicates.possible_duplicates(new).rows) == 50


def test_a_dry_run_counts_them_and_they_keep_nothing_from_being_imported(db):
    OfficialFactory(ref="here", name="Ada Example")
    content = b"ref,name\nnew,Ada Example\n"
    assert import_csv("officials", content, reason="Try.", dry_run=True).alike == 1
    report = import_csv("officials", content, reason="Do.")
    assert (report.ok, report.new, Official.objects.count()) == (True, 1, 2)
    assert "alike" not in report.as_json()
