"""Periods between partial dates, and what they say together; pure Python that asks no clock.

A period (period) covers days surely, possibly or not (days, coverage); where periods do not meet
there are breaks (breaks). A chain is a protection and its extensions (chains), and findings say in
sentences what is to be known of the chains of one official (findings, sentences).
"""

from roster.periods.breaks import Break, BreakKind, breaks, lapsed_unknown, overlaps
from roster.periods.chains import Chain, Disagreement, Extension
from roster.periods.coverage import Stretch, coverage
from roster.periods.days import EVER, Days
from roster.periods.findings import Finding, FindingKind, findings
from roster.periods.period import Certainty, Period

__all__ = [
    "EVER",
    "Break",
    "BreakKind",
    "Certainty",
    "Chain",
    "Days",
    "Disagreement",
    "Extension",
    "Finding",
    "FindingKind",
    "Period",
    "Stretch",
    "breaks",
    "coverage",
    "findings",
    "lapsed_unknown",
    "overlaps",
]
