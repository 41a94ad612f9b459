"""The two times that a page of the past asks for: on which day, and as known when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Self
from urllib.parse import quote, urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from roster.admin.display import Cell, page_url
from roster.history.asof import position_at
from roster.models import Change, Changeset, Official
from roster.models.changes import Act
from roster.text.characters import quoted

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+(Z|[+-][0-9:]+)?")
_CHANGESET = re.compile(r"#([0-9]{1,18})")


@dataclass(frozen=True)
class Moment:
    """A moment of the ledger; `given` is how an address names it.

    `position` is that of the last changeset closed by then, 0 before the first, and None at a
    moment that is not over yet: then all counts that is known now.
    """

    given: str
    time: datetime
    position: int | None

    def __str__(self) -> str:
        """The time to the minute, in the viewer's zone, and the changeset."""
        local = timezone.localtime(self.time)
        told = f"{local.replace(tzinfo=None).isoformat(' ', 'minutes')} {local.tzname()}"
        match self.position:
            case None:
                return f"{told}, which is not over yet"
            case 0:
                return f"{told}, before the first changeset"
            case position:
                return f"{told}, changeset #{position}"


class KnownField(forms.CharField):
    """A moment of the ledger: a day to its end, a time, or a changeset by its number."""

    def clean(self, value: Any) -> Moment | None:
        text: str = super().clean(value)
        return moment_named(text) if text else None


class TwoTimesForm(forms.Form):
    """Asks for a day, today where it is left blank, and for the moment of knowing, else now."""

    on = forms.CharField(
        label="On",
        required=False,
        widget=forms.TextInput(attrs={"type": "date", "max": "9999-12-31"}),
    )
    known = KnownField(
        label="As known on",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A day, a time like 2024-08-01T12:00Z, or a changeset like #12. Empty: now.",
    )

    @classmethod
    def asked(cls, request: HttpRequest) -> Self:
        """What the address asks for; it shows the day of today where it names none."""
        return cls({"on": timezone.localdate().isoformat(), **request.GET.dict()})

    def clean_on(self) -> date | None:
        text: str = self.cleaned_data["on"]
        if not text:
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(
                f"“{text[:40]}” is not a day: give one as YYYY-MM-DD, such as 2024-07-18."
            ) from error

    @property
    def day(self) -> date:
        given: date | None = self.cleaned_data["on"]
        return given or timezone.localdate()

    @property
    def moment(self) -> Moment | None:
        """None where it is left blank."""
        moment: Moment | None = self.cleaned_data["known"]
        return moment


def moment_named(text: str) -> Moment:
    """The moment that the text names; what has no zone is in the viewer's.

    Raises ValidationError with a sentence when it names none, or more than one.
    """
    if numbered := _CHANGESET.fullmatch(text):
        return _close_of(text, int(numbered[1]))
    moment = _end_of_day(text) if _DAY.fullmatch(text) else _time(text)
    try:
        moment.astimezone(UTC)
        timezone.localtime(moment)
    except OverflowError:
        raise _malformed(text) from None
    return Moment(text, moment, None if moment >= timezone.now() else position_at(moment))


def past_url(official: int, *, known: str = "", on: date | None = None, record: str = "") -> str:
    """The page of an official in the past, at one of the records there by its label."""
    asked = {"known": known} | ({"on": on.isoformat()} if on else {})
    address = page_url(Official, "past", official)
    query = f"?{urlencode(asked)}" if known or on else ""
    return address + query + (f"#{quote(record, safe=':/')}" if record else "")


def past_of(change: Change, label: str) -> Cell | None:
    """The official whom a change concerns as its changeset left it, at the row that has the label.

    Of a deletion, as it was before. None where it concerns nobody or has no changeset.
    """
    if change.official_id is None or change.changeset is None:
        return None
    position = change.changeset.position
    if change.act == Act.DELETE:
        before = past_url(change.official_id, known=f"#{position - 1}", record=label)
        return Cell("As it was before", before)
    return Cell("As it was then", past_url(change.official_id, known=f"#{position}", record=label))


def _close_of(text: str, position: int) -> Moment:
    changeset = Changeset.objects.filter(position=position).first()
    if changeset is None:
        last = Changeset.objects.newest_first().first()
        there = f"the last is {last}" if last else "there are none yet"
        raise ValidationError(f"There is no changeset #{position}: {there}.")
    return Moment(text, changeset.closed_at, position)


def _end_of_day(text: str) -> datetime:
    # Where clocks go back at midnight the last hour of the day is the later one.
    end = time.max.replace(tzinfo=timezone.get_current_timezone(), fold=1)
    try:
        return datetime.combine(date.fromisoformat(text), end)
    except ValueError:
        raise _malformed(text) from None


def _time(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        given = None
    if given is None:
        raise _malformed(text)
    if given.tzinfo is not None:
        return given
    zone = timezone.get_current_timezone()
    first, second = (given.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValidationError(
            f"{quoted(text)} is twice or never in {zone}, where clocks change then: give the "
            "time with its zone, such as 2024-08-01T12:00Z."
        )
    return first


def _malformed(text: str) -> ValidationError:
    return ValidationError(
        f"{quoted(text)} is not a moment: give a day such as 2024-08-01, a time such as "
        "2024-08-01T12:00Z, or a changeset such as #12."
    )
