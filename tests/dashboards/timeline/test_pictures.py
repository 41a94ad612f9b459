"""Pictures: what stands where in that of one official and of many, and the sentences beside."""

from __future__ import annotations

from datetime import date

import pytest

from roster.dashboards.timeline import Cited, Entry, Kind, RowAsked, Scale, Zoom
from roster.dashboards.timeline.bars import LEAST_SURE
from roster.dashboards.timeline.entries import known_days
from roster.dashboards.timeline.picture import HEAD, picture_of
from roster.dashboards.timeline.rows import MOST_LANES, roster_picture
from roster.dashboards.timeline.sentences import bar_in_words, coverage_ahead
from roster.dates import PartialDate
from roster.periods import Certainty, Days, Period

TODAY = date(2026, 11, 23)
YEARS = Scale.from_day(Zoom.YEAR, date(2020, 1, 1), left=0, width=1000)


def period(start, end):
    return Period(PartialDate(start), PartialDate(end))


def entry(kind, start, end, **values):
    key = values.pop("key", 1)
    return Entry(kind, key, f"ref-{key}", values.pop("name", "name"), period(start, end), **values)


def protection(start, end, **values):
    return entry(Kind.PROTECTION, start, end, **values)


def extension(protection, number, start, end):
    return entry(Kind.EXTENSION, start, end, protection=protection, number=number)


def test_tracks_follow_one_another_and_those_without_entries_are_left_out():
    picture = picture_of([protection("2021", "2022"), entry(Kind.ROLE, "2021", "")], YEARS, TODAY)
    assert [heading.text for heading in picture.headings] == [
        "Covered",
        "Protections and their extensions by number",
        "Roles",
    ]
    tops = [heading.y for heading in picture.headings]
    assert tops[0] == HEAD
    assert tops == sorted(tops)
    assert max(bar.top + bar.height for bar in picture.bars) < picture.height


def test_extensions_lie_right_below_their_protection():
    entries = [
        protection("2020-01-01", "2021", key=1),
        extension(1, 1, "2020-06", "2021"),
        protection("2024-01-01", "2025", key=2),
        extension(2, 1, "2024-06", "2025"),
    ]
    picture = picture_of(entries, YEARS, TODAY)
    placed = [
        (bar.bar.entry.kind, bar.bar.entry.key, bar.bar.entry.protection, bar.top)
        for bar in picture.bars
    ]
    first, second, below, also_below = placed
    assert first[0] is second[0] is Kind.PROTECTION
    assert first[3] == second[3] < below[3] == also_below[3]


def test_protections_that_overlap_do_not_share_a_lane_with_the_extensions_of_the_other():
    entries = [
        protection("2020-01-01", "2023-12-31", key=1),
        extension(1, 8, "2021-01-01", "2021-12-31"),
        protection("2022-01-01", "2025-12-31", key=2),
    ]
    tops = {
        bar.bar.entry.key if bar.bar.entry.kind is Kind.PROTECTION else bar.label: bar.top
        for bar in picture_of(entries, YEARS, TODAY).bars
    }
    assert tops[1] < tops["8"] < tops[2]


def test_a_gap_of_one_day_is_seen_among_years():
    entries = [protection("2021-01-01", "2024-05-01"), protection("2024-05-03", "..", key=2)]
    before, gap, after = picture_of(entries, YEARS, TODAY).strip.pieces[1:]
    assert gap.piece.stretch.covered is Certainty.NO
    assert (before.piece.right, gap.piece.right) == (gap.piece.x, after.piece.x)
    assert gap.piece.width >= LEAST_SURE


def test_coverage_joins_the_protections_and_names_what_it_has_room_for():
    entries = [
        protection("2020-01-01", "2021-12-31"),
        protection("2021-06-01", "2023-12-31/2025-12-31"),
    ]
    strip = picture_of(entries, YEARS, TODAY).strip
    assert [(one.piece.x, one.piece.right, one.label) for one in strip.pieces] == [
        (0, 400, "definitely"),
        (400, 600, "possibly"),
        (600, 1000, "not covered"),
    ]


def test_a_heading_says_what_lies_outside_of_the_window():
    entries = [
        entry(Kind.ROLE, "2010", "2012"),
        entry(Kind.ROLE, "2021", "2022"),
        entry(Kind.ROLE, "2040", ".."),
        entry(Kind.EVIDENCE, "", ""),
    ]
    roles, sources = picture_of(entries, YEARS, TODAY).headings
    assert (roles.note, sources.note) == ("1 earlier, 1 later", "1 without a date")


@pytest.mark.parametrize(
    ("day", "x"), [(date(2020, 1, 1), 0), (TODAY, 689), (date(2030, 1, 1), None)]
)
def test_today_has_its_line_where_the_window_has_today(day, x):
    assert picture_of([], YEARS, day).today_x == x
    assert roster_picture([], YEARS, day).today_x == x


def test_a_label_stays_in_the_picture():
    late = entry(Kind.ROLE, "2029-12-01", "..", name="Head of an office with a very long name")
    (bar,) = picture_of([late], YEARS, TODAY).bars
    assert bar.label == late.name
    assert bar.label_x + 6 * len(bar.label) == 1000


def test_rows_are_as_high_as_what_overlaps_and_tell_of_what_has_no_lane():
    apart = [protection("2021", "2021"), protection("2024", "2024")]
    crowd = [entry(Kind.THREAT, "2021", "", key=key) for key in range(MOST_LANES + 2)]
    officials = [
        RowAsked(1, "Ann", tuple(apart)),
        RowAsked(2, "Bo", tuple(crowd)),
        RowAsked(3, "Cy", ()),
    ]
    ann, bo, cy = roster_picture(officials, YEARS, TODAY).rows
    assert len({bar.y for bar in ann.bars}) == 1
    assert (len(bo.bars), bo.more, ann.more) == (MOST_LANES, 2, 0)
    assert (bo.y, cy.y) == (ann.y + ann.height, bo.y + bo.height)
    assert cy.height > 0


def test_kinds_have_lanes_of_their_own_in_a_row():
    entries = (protection("2021", "2021"), entry(Kind.THREAT, "2024", "2024"))
    (row,) = roster_picture([RowAsked(1, "Ann", entries)], YEARS, TODAY).rows
    first, second = row.bars
    assert first.y + first.thickness < second.y


@pytest.mark.parametrize(
    ("entries", "days"),
    [
        ([], Days(TODAY, TODAY)),
        ([entry(Kind.ROLE, "", "..")], Days(TODAY, TODAY)),
        ([entry(Kind.ROLE, "../2020", "2030/..")], Days(date(2020, 12, 31), date(2030, 1, 1))),
        ([entry(Kind.ROLE, "2027", "2028")], Days(TODAY, date(2028, 12, 31))),
    ],
)
def test_known_days_are_those_that_a_date_names_and_today(entries, days):
    assert known_days(entries, TODAY) == days


@pytest.mark.parametrize(
    ("periods", "sentence"),
    [
        ([("2020", "2021")], "Not covered."),
        ([("2020", "..")], "Definitely covered, with no known end."),
        ([("2020", "")], "Possibly covered, with no known end."),
        (
            [("2020", "2027-03/2027-06")],
            (
                "Definitely covered until 1 March 2027, then possibly covered until 30 June 2027, "
                "then not covered."
            ),
        ),
        (
            [("2020", "2026-12-31"), ("2027-02-01", "..")],
            (
                "Definitely covered until 31 December 2026, then not covered until "
                "31 January 2027, then definitely covered, with no known end."
            ),
        ),
    ],
)
def test_coverage_ahead_is_told_stretch_by_stretch(periods, sentence):
    assert coverage_ahead([period(*one) for one in periods], TODAY) == sentence


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (
            protection("2020", "", name="At events", extensions=2, cited=Cited("s", 3, 1, 4)),
            (
                "Protection: At events. Start: 2020. End: unknown. In force today: possibly. "
                "Extended at least twice. Evidence: s ¶3, and 3 more."
            ),
        ),
        (
            entry(Kind.EXTENSION, "2020", "2021", name="Extension 8", number=8),
            ("Extension 8. Start: 2020. End: 2021. In force today: no. Evidence: no evidence."),
        ),
        (
            entry(Kind.EVIDENCE, "2024-07", "2024-07", name="A notice", cited=Cited("s", 3, 1, 1)),
            "Source: A notice. Published: July 2024. Supports 1 value.",
        ),
    ],
)
def test_a_bar_says_what_when_how_sure_and_on_what_it_rests(shown, words):
    assert bar_in_words(shown, TODAY, tells_evidence=True) == words


def test_a_bar_says_nothing_of_evidence_that_may_not_be_seen():
    said = bar_in_words(protection("2020", ".."), TODAY, tells_evidence=False)
    assert said.endswith(f"In force today: {Certainty.DEFINITELY}.")
