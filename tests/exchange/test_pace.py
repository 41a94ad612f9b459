"""How far an import has come, in words."""

import pytest

from roster.exchange.pace import Pace, duration
from roster.exchange.progress import Progress


@pytest.mark.parametrize(
    ("rows", "fraction", "seconds", "said"),
    [
        (0, 0.0, 0.0, "0 rows"),
        (0, 0.0, 3.0, "0 rows"),
        (1, 0.5, 2.0, "1 row, about 2 seconds left"),
        (1200, 0.25, 3.0, "1,200 rows, 400 a second, about 9 seconds left"),
        (1200, 1.0, 3.0, "1,200 rows, 400 a second, about 0 seconds left"),
        (1200, 0.25, -1.0, "1,200 rows"),  # a clock that was set back
        (1200, 2.0, 3.0, "1,200 rows, 400 a second"),
    ],
)
def test_what_can_be_told_is_told(rows, fraction, seconds, said):
    assert Pace(Progress("reading", rows, fraction), seconds).in_words() == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute 1 second"),
        (3599, "59 minutes 59 seconds"),
        (3600, "1 hour"),
        (7384, "2 hours 3 minutes"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds, said):
    assert duration(seconds) == said
