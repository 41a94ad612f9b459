"""A mapping as the values of a form and back: nothing of it is lost or added."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from roster.admin.imports import mapping_values as mapped
from roster.admin.imports.our_columns import our_columns
from roster.exchange.mappings import Fixed, Made, Making, Mapping
from roster.exchange.resources import RESOURCES
from roster.exchange.samples import Sample
from roster.exchange.saved_mappings import contract
from roster.exchange.state_column import STATE_COLUMN

OURS = our_columns(RESOURCES["protections"])
HEADER = ["one", "two", "three", "<b>", "five"]
TEXTS = ("summary", "reason", "provider")
SOURCES = st.lists(st.sampled_from(HEADER), min_size=2, unique=True).map(tuple)
LINES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=5)
SINGLE = st.sampled_from(HEADER).map(lambda name: (name,))


def changing(table):
    """A table without the values that it leaves as they are."""
    return {theirs: ours for theirs, ours in table.items() if theirs != ours}


def texts():
    tables = st.dictionaries(LINES, LINES, max_size=3)
    return st.one_of(
        st.builds(Made, SINGLE, trims=st.booleans()),
        st.builds(Made, SOURCES, join=LINES, trims=st.booleans()),
        st.builds(Made, SINGLE, values=tables),
        st.builds(
            lambda made, table: replace(made, values=table, keeps_others=bool(table)),
            st.builds(Made, SINGLE),
            tables.map(changing),
        ),
        st.builds(Fixed, LINES.filter(bool)),
    )


def codes(code):
    """A column of choices; the table of one is never empty, or what was found would be asked."""
    table = st.dictionaries(LINES.filter(bool), st.sampled_from([code, ""]), min_size=1)
    blank = st.dictionaries(LINES, st.just(code), min_size=1)
    tables = st.one_of(table, blank)
    return st.one_of(st.builds(Made, SINGLE, values=tables), st.builds(Fixed, st.just(code)))


def columns():
    refs = st.builds(Made, SOURCES, making=st.just(Making.REF), trims=st.booleans())
    return st.fixed_dictionaries(
        {"ref": refs},
        optional={
            "official": st.builds(Made, SINGLE, making=st.sampled_from([Making.REF, Making.TEXT])),
            "level": codes("event"),
            "end_reason": codes("died"),
            **{name: texts() for name in TEXTS},
        },
    )


def in_order(found):
    return {name: found[name] for name in OURS if name in found}


@given(columns(), st.booleans())
def test_form_of_a_mapping_declares_that_mapping(made, has_values):
    mapping = Mapping("protections", in_order(made))
    ignored = tuple(name for name in HEADER if name not in mapping.used)
    mapping = Mapping("protections", mapping.columns, ignored)
    values = ("a", "event", "b\nc") if has_values else ()
    samples = [Sample(name, values, has_blank=has_values) for name in HEADER]
    held = mapped.completed(mapped.values_of(mapping, HEADER, OURS), samples, OURS)
    again = mapped.completed(mapped.as_shown(held, samples, OURS), samples, OURS)
    found = mapped.mapping_of(again, "protections", samples, OURS, ignores_rest=False)
    assert found == mapping


def test_every_column_that_can_be_mapped_is_offered_but_the_computed_one():
    for stem, resource in RESOURCES.items():
        assert {*our_columns(resource), STATE_COLUMN} >= set(contract()[stem])
        assert set(our_columns(resource)) <= set(contract()[stem]) - {STATE_COLUMN}
