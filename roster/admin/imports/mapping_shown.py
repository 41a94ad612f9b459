"""The form of a mapping as its page lists it: columns of theirs, columns of ours, fixed values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.safestring import SafeString

from roster.admin.imports import mapping_values as mapped
from roster.admin.imports.mapping_form import MappingForm
from roster.admin.imports.our_columns import OurColumn
from roster.admin.visible import visible
from roster.exchange.samples import Sample

SHOWN_VALUES = 5
"""Values of a column that stand beside it."""
SHOWN_CHARACTERS = 60
"""Characters of each of them."""


@dataclass(frozen=True)
class TheirColumn:
    """A column of the file, some of its values, and the fields that say what it becomes."""

    name: SafeString
    shown: list[SafeString]
    first: BoundField
    further: list[BoundField]


@dataclass(frozen=True)
class Part:
    """One of the columns that a column of ours is made of; `order` where there are several."""

    name: SafeString
    order: BoundField | None


@dataclass(frozen=True)
class Meaning:
    """One value of theirs, blank or not, and the fields that say what it means."""

    theirs: SafeString
    carried: BoundField
    means: BoundField


@dataclass(frozen=True)
class Accepted:
    """How many of the different values found are dates as we take them, and one that is not."""

    count: int
    of: int
    refused: SafeString


@dataclass(frozen=True)
class OursMade:
    """A column of ours that is made of some of theirs, and what is asked about that."""

    column: OurColumn
    parts: list[Part]
    shown: BoundField
    making: BoundField | None
    join: BoundField | None
    trim: BoundField
    others: BoundField | None
    meanings: list[Meaning]
    dates: Accepted | None

    @property
    def needs_meanings(self) -> bool:
        """Whether what values mean is asked openly: where only some values are taken."""
        return bool(self.column.choices or self.column.date)


def their_columns(form: MappingForm) -> Iterator[TheirColumn]:
    """The columns of the file in their order."""
    for place, sample in enumerate(form.samples):
        turns = range(mapped.turns(form.values, place))
        first, *further = (form[mapped.becomes(place, turn)] for turn in turns)
        shown = [_cut(value) for value in sample.values[:SHOWN_VALUES]]
        yield TheirColumn(_cut(sample.name), shown, first, further)


def ours_made(form: MappingForm) -> Iterator[OursMade]:
    """Our columns that are made of theirs."""
    for name, places in form.made_of.items():
        samples = [form.samples[place] for place in places]
        orders = [_field(form, f"order-{name}-{place}") for place in places]
        yield OursMade(
            form.ours[name],
            [Part(_cut(sample.name), order) for sample, order in zip(samples, orders, strict=True)],
            form[f"shown-{name}"],
            _field(form, f"making-{name}"),
            _field(form, f"join-{name}"),
            form[f"trim-{name}"],
            _field(form, f"others-{name}"),
            list(_meanings(form, name)),
            _accepted(form.ours[name], samples),
        )


def fixed_values(form: MappingForm) -> list[BoundField]:
    """The fields of our columns that nothing is made into."""
    return [form[f"always-{name}"] for name in form.ours if f"always-{name}" in form.fields]


def _field(form: MappingForm, name: str) -> BoundField | None:
    return form[name] if name in form.fields else None


def _meanings(form: MappingForm, name: str) -> Iterator[Meaning]:
    if f"others-{name}" in form.fields:
        for number, theirs in enumerate(mapped.table(form.values, name)):
            carried, means = form[f"theirs-{name}-{number}"], form[f"means-{name}-{number}"]
            yield Meaning(_cut(theirs), carried, means)


def _accepted(column: OurColumn, samples: list[Sample]) -> Accepted | None:
    if column.date is None or len(samples) > 1:
        return None
    count, refused = column.accepted_dates(samples[0])
    return Accepted(count, len(samples[0].values), _cut(refused))


def _cut(text: str) -> SafeString:
    return visible(text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…")
