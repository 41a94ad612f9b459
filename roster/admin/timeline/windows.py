"""The window of a timeline as an address names it, and the links that lead to others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode

from roster.dashboards.timeline import Scale, Zoom
from roster.dates import PartialDate

ZOOM, FROM = "zoom", "from"
_FROM = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_NAMES = {Zoom.YEAR: "Years", Zoom.QUARTER: "Quarters", Zoom.MONTH: "Months"}
_FITTED = "fit"
_BEFORE_TODAY = 3
"""Columns from the end at which the window that is given by itself has today."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a zoom, all that there is where it is None, and the first day."""

    zoom: Zoom | None
    first: date | None


@dataclass(frozen=True)
class WindowLink:
    """A link to another window; `is_current` of the one that is shown."""

    text: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Windows:
    """In words what is shown, the zooms, and the steps in time that the calendar allows."""

    shown: str
    zooms: tuple[WindowLink, ...]
    steps: tuple[WindowLink, ...]


def asked_of(address: QueryDict, *, default: Zoom | None) -> Asked:
    """Raises ValidationError with a sentence for a zoom or a month that there is not."""
    zoom, first = address.get(ZOOM, ""), address.get(FROM, "")
    return Asked(_zoom(zoom, default), _month(first) if first else None)


def _zoom(text: str, default: Zoom | None) -> Zoom | None:
    if not text:
        return default
    if text == _FITTED and default is None:
        return None
    if text not in list(Zoom):
        raise ValidationError(f"“{text[:40]}” is no zoom: give one of year, quarter and month.")
    return Zoom(text)


def _month(text: str) -> date:
    try:
        if not _FROM.fullmatch(text):
            raise ValueError(text)
        return PartialDate(text).earliest
    except ValueError as error:
        raise ValidationError(
            f"“{text[:40]}” is not where a window can begin: give a year or a month, such as 2021 "
            "or 2021-04."
        ) from error


def scale_of(zoom: Zoom, first: date | None, today: date, *, left: int, width: int) -> Scale:
    """The window of the zoom; with today towards its end where no first day is given."""
    if first is None:
        column = zoom.column_of(today) - zoom.columns + _BEFORE_TODAY
        first = zoom.first_day(max(column, zoom.first_column))
    return Scale.from_day(zoom, first, left=left, width=width)


def windows_of(
    scale: Scale, asked: Asked, today: date, *, has_fitted: bool, kept: dict[str, str]
) -> Windows:
    """Links to other windows, each an address that keeps what is in `kept`."""

    def link(text: str, zoom: Zoom | None, first: date | None, current: bool = False) -> WindowLink:
        query = {ZOOM: zoom.value if zoom else _FITTED}
        if first:
            query[FROM] = f"{first:%Y-%m}".zfill(7)
        return WindowLink(text, f"?{urlencode(kept | query)}", current)

    first = None if asked.zoom is None else scale.window.first
    zooms = [
        link(_NAMES[zoom], zoom, _about(scale, zoom, first), zoom is asked.zoom) for zoom in Zoom
    ]
    if has_fitted:
        zooms.insert(0, link("All", None, None, asked.zoom is None))
    steps = []
    if asked.zoom:
        earlier, later = scale.moved(-asked.zoom.step), scale.moved(asked.zoom.step)
        steps = [
            *([link("Earlier", asked.zoom, earlier)] if earlier else ()),
            *([link("Today", asked.zoom, None)] if today not in scale.window else ()),
            *([link("Later", asked.zoom, later)] if later else ()),
        ]
    return Windows(window_in_words(scale), tuple(zooms), tuple(steps))


def _about(scale: Scale, zoom: Zoom, first: date | None) -> date | None:
    """Where another zoom's window begins that has the same middle."""
    if first is None:
        return None
    middle = date.fromordinal((first.toordinal() + scale.window.last.toordinal() + 1) // 2)
    column = zoom.column_of(middle) - zoom.columns // 2
    return zoom.first_day(max(column, zoom.first_column))


def window_in_words(scale: Scale) -> str:
    """Such as “January 2021 to December 2023”."""
    first, last = scale.window.first, scale.window.last
    return f"{_month_in_words(first)} to {_month_in_words(last)}"


def _month_in_words(day: date) -> str:
    return PartialDate(day.isoformat()[:7]).describe()
