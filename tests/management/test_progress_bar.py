"""The bar of a terminal: what it draws, how often, and that nothing of it stays."""

from __future__ import annotations

import io

import pytest

from roster.exchange.pace import Pace
from roster.exchange.progress import Progress
from roster.management import progress_bar
from roster.management.progress_bar import BAR, ProgressBar, drawn


@pytest.fixture
def out():
    return io.StringIO()


@pytest.mark.parametrize(
    ("fraction", "marks"), [(-1.0, 0), (0.0, 0), (0.5, BAR // 2), (1.0, BAR), (2.0, BAR)]
)
def test_the_bar_is_as_long_as_what_is_done(fraction, marks):
    line = drawn(Pace(Progress("reading", 5, fraction), 1.0))
    assert line.startswith(f"Reading  [{'#' * marks}{' ' * (BAR - marks)}] 5 rows, 5 a second")


def test_a_line_is_written_over_the_one_before(out, monkeypatch):
    monkeypatch.setattr(progress_bar, "DRAWN_EVERY_SECONDS", 0)
    monkeypatch.setenv("COLUMNS", "60")
    bar = ProgressBar(out)
    bar(Progress("reading", 1_000, 0.5))
    bar(Progress("reading", 2_000, 1.0))
    _, first, second = out.getvalue().split("\r")
    assert "1,000 rows" in first
    assert "2,000 rows" in second
    assert len(first) == len(second) == 59
    assert "\n" not in out.getvalue()


def test_it_is_not_drawn_at_every_batch(out):
    bar = ProgressBar(out)
    for rows in range(5):
        bar(Progress("reading", rows, 0.5))
    assert out.getvalue().count("\r") == 1


def test_a_new_stage_is_drawn_at_once(out):
    bar = ProgressBar(out)
    bar(Progress("reading", 1, 0.5))
    bar(Progress("writing", 1, 0.0))
    assert "Writing" in out.getvalue()


def test_in_the_end_the_line_is_blank(out, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    bar = ProgressBar(out)
    bar(Progress("reading", 1, 0.5))
    out.truncate(0)
    bar.clear()
    assert out.getvalue().endswith("\r" + " " * 59 + "\r")


def test_what_was_never_drawn_is_not_cleared(out):
    ProgressBar(out).clear()
    assert out.getvalue() == ""
