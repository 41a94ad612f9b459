"""Findings: the sentences that an analyst reads of the chains of one official."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from roster.dates import PartialDate
from roster.models.protections import EndReason
from roster.periods import EVER, Certainty, FindingKind, coverage, findings
from roster.periods.chains import CUT_SHORT
from roster.periods.sentences import ENDED
from tests.periods.readings import chain, days, extension

TODAY = date(2024, 7, 31)
CURRENT = (PartialDate("2024-07-18"),)


def sentences(kind, *chains):
    return [found.sentence for found in findings(chains, on=TODAY) if found.kind == kind]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"end": "2024-07-18", "end_reason": "revoked", "ended_by": "Ministry of Lamps"},
            "Revoked (by Ministry of Lamps): the last day is 18 July 2024.",
        ),
        (
            {"end": "../2024-07-18", "end_reason": "expired"},
            "Expired: the last day is on or before 18 July 2024.",
        ),
        ({"end": "", "end_reason": "died"}, "Ended on death: the last day is unknown."),
        ({"end": "2024", "ended_by": "A judge"}, "Ended (by A judge): the last day is 2024."),
    ],
)
def test_an_end_says_why_and_by_whom(values, sentence):
    assert sentences("ended", chain(**values)) == [sentence]


def test_a_revocation_ends_the_chain_on_its_day():
    revoked = chain(("2024", "2025"), start="2020-01-01", end="2024-07-18", end_reason="revoked")
    stretches = coverage([revoked.period], within=EVER)
    assert (stretches[1].days, stretches[1].covered) == (
        days("2020-01-01", "2024-07-18"),
        Certainty.DEFINITELY,
    )
    assert stretches[2].covered is Certainty.NO


def test_each_reason_for_an_end_has_its_words():
    assert set(ENDED) == set(EndReason.values)
    assert set(EndReason.values) > CUT_SHORT


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([None], "Extended once."),
        ([1, 2], "Extended twice."),
        ([1, 2, 3], "Extended 3 times."),
        ([8], "Extended at least 8 times, of which 1 is recorded."),
        ([7, 8], "Extended at least 8 times, of which 2 are recorded."),
    ],
)
def test_renewals_are_counted(numbers, sentence):
    assert sentences("renewed", chain(extensions=tuple(map(extension, numbers)))) == [sentence]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([5, 7], "Extension 6 is missing between extensions 5 and 7."),
        ([5, 9], "Extensions 6 to 8 are missing between extensions 5 and 9."),
        (
            [5, 7, None],
            (
                "Extension 6 is missing between extensions 5 and 7, unless the extension without a "
                "number belongs there."
            ),
        ),
        (
            [None, 5, 7, None],
            (
                "Extension 6 is missing between extensions 5 and 7, unless one of the 2 extensions "
                "without a number belongs there."
            ),
        ),
    ],
)
def test_a_missing_ordinal_is_named(numbers, sentence):
    assert sentences("missing", chain(extensions=tuple(map(extension, numbers)))) == [sentence]


def test_a_disagreement_names_both_ends():
    asked = chain(("2024", "2024-12-31"), end="2024-07-18", evidence=CURRENT)
    (found,) = [one for one in findings([asked], on=TODAY) if one.kind == "disagrees"]
    assert found.refs == ("ann-lee/protection", "ann-lee/protection/1")
    assert not found.is_between_protections
    assert found.sentence == (
        "The end of extension 1 (31 December 2024) is later than the protection’s own (18 July "
        "2024), which decides: correct the wrong one."
    )


def test_extensions_that_do_not_meet_leave_the_protection_unexplained():
    asked = chain(
        ("2024-01-01", "2024-03-31"), ("2024-04-11", "2024-06"), ("2024-07-01", ".."),
        start="2024-01-01",
    )  # fmt: skip
    assert sentences("extension_gap", asked) == [
        (
            "No extension explains the protection from 1 April 2024 to 10 April 2024 (10 days), "
            "between two that do."
        )
    ]
    assert sentences("possible_extension_gap", asked) == [
        (
            "Perhaps no extension explains the protection from 2 June 2024 to 30 June 2024 (29 "
            "days), between two that do."
        )
    ]


def test_extensions_are_not_wanted_where_there_can_be_no_protection():
    asked = chain(("2018-01-01", "2018-03-31"), ("2024-04-11", ".."), start="2024-04-01")
    assert sentences("extension_gap", asked) == [
        (
            "No extension explains the protection from 1 April 2024 to 10 April 2024 (10 days), "
            "between two that do."
        )
    ]


def test_extensions_that_overlap_are_named():
    asked = chain(("2024-01-01", "2024-03-31"), ("2024-03-31", "2024-06-30"), ("2024-09", ".."))
    asked = replace(asked, extensions=(*asked.extensions, extension(None, "2024-06-30", "..", "x")))
    found = [one for one in findings([asked], on=TODAY) if one.kind is FindingKind.OVERLAP]
    assert [one.sentence for one in found] == [
        "Extension 1 and extension 2 overlap on 31 March 2024.",
        "Extension 2 and extension x overlap on 30 June 2024.",
        "Extension 3 and extension x overlap from 30 September 2024 on.",
    ]
    assert found[1].refs == ("ann-lee/protection", "ann-lee/protection/2", "x")


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        (
            ("2020", "2024-03-31"),
            ("2024-04-02", ".."),
            "Not covered on 1 April 2024, between two protections.",
        ),
        (
            ("2020", "2024-03"),
            ("2024-03", ".."),
            (
                "Perhaps not covered from 2 March 2024 to 30 March 2024 (29 days), between two "
                "protections."
            ),
        ),
        (
            ("2020", "2024-03-31"),
            ("2024-04-01/..", ""),
            "Perhaps not covered from 1 April 2024 on, between two protections.",
        ),
        (
            ("", "../2020"),
            ("2021-01", ".."),
            "Perhaps not covered until 30 January 2021, between two protections.",
        ),
        (
            ("", "../2020"),
            ("2019/..", ""),
            "Perhaps not covered at any time, between two protections.",
        ),
    ],
)
def test_gaps_are_between_the_protections_of_one_official(one, other, sentence):
    chains = [chain(start=start, end=end, ref=start) for start, end in (one, other)]
    (found,) = [one for one in findings(chains, on=TODAY) if one.kind in ("gap", "possible_gap")]
    assert found.sentence == sentence
    assert found.refs == (one[0], other[0])
    assert found.is_between_protections


def test_a_protection_that_lapsed_on_an_unknown_day_says_so():
    asked = chain(end="../2024-07-18")
    (found,) = [one for one in findings([asked], on=TODAY) if one.kind == "lapsed_unknown"]
    assert found.days == days("2024-07-19", "2024-07-31")
    assert found.sentence == (
        "Lapsed on a day that is not known (on or before 18 July 2024), and nothing is recorded "
        "since."
    )


@pytest.mark.parametrize(
    ("start", "evidence", "sentence"),
    [
        (
            "2020",
            ["2023-06-27"],
            (
                "Said to be in force on 31 July 2024, with no evidence for 400 days: the last is "
                "dated 27 June 2023."
            ),
        ),
        (
            "",
            ["2022", ""],
            (
                "Possibly in force on 31 July 2024, with no evidence for at least 578 days: the "
                "last is dated 2022."
            ),
        ),
        ("2020", [], "Said to be in force on 31 July 2024, but no dated evidence is cited."),
        (
            "2020",
            ["2023-07-31"],
            (
                "Said to be in force on 31 July 2024, with no evidence for 366 days: the last is "
                "dated 31 July 2023."
            ),
        ),
        ("2020", ["2023-08-01"], None),
        ("2025", [], None),
    ],
)
def test_a_protection_in_force_is_missed_evidence_of_after_a_year(start, evidence, sentence):
    found = sentences("silent", chain(start=start, evidence=tuple(map(PartialDate, evidence))))
    assert found == ([sentence] if sentence else [])


def test_findings_of_each_chain_come_before_those_across_them():
    chains = [
        chain(start="2018", end="2019-06-30", end_reason="expired", ref="a"),
        chain(start="2020-01-01", end="../2024-07-18", end_reason="other", ref="b"),
    ]
    found = [(one.kind.value, one.refs) for one in findings(chains, on=TODAY)]
    assert found == [
        ("ended", ("a",)),
        ("ended", ("b",)),
        ("gap", ("a", "b")),
        ("lapsed_unknown", ("b",)),
    ]


def test_nothing_is_found_of_a_protection_with_new_evidence_and_no_extensions():
    assert findings([chain(evidence=CURRENT)], on=TODAY) == []
