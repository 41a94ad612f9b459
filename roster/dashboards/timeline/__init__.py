"""Timelines: the record of one official, or of many, laid out on a scale of days.

Entries (entries) are fetched in a constant number of queries (fetching) and laid out in whole
units (scale, bars, lanes, picture, rows), which knows neither a database nor a screen.
"""

from roster.dashboards.timeline.entries import Cited, Entry, Kind
from roster.dashboards.timeline.fetching import EVIDENCE, SHOWN, entries_of, timeline_of
from roster.dashboards.timeline.picture import Picture, picture_of
from roster.dashboards.timeline.rows import RosterPicture, RowAsked, roster_picture
from roster.dashboards.timeline.scale import Scale, Tick, Zoom

__all__ = [
    "EVIDENCE",
    "SHOWN",
    "Cited",
    "Entry",
    "Kind",
    "Picture",
    "RosterPicture",
    "RowAsked",
    "Scale",
    "Tick",
    "Zoom",
    "entries_of",
    "picture_of",
    "roster_picture",
    "timeline_of",
]
