"""Mappings as JSON: what is written reads back, and what is not a mapping is told why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.mapping_files import MappingRefused, mapping_text, read_mapping
from roster.exchange.mappings import Fixed, Made, Making, Mapping
from roster.text.characters import forbidden_character, without_forbidden

CONTRACT = {"officials": ("ref", "name", "aliases", "country", "born"), "roles": ("ref", "title")}
THEIRS = st.text(max_size=8)
OURS = THEIRS.map(without_forbidden)
SOURCES = st.lists(THEIRS, min_size=2, max_size=4, unique=True).map(tuple)
VALUES = st.dictionaries(THEIRS, OURS, min_size=1, max_size=3)
MADE = st.one_of(
    st.builds(Made, SOURCES.map(lambda names: names[:1]), trims=st.booleans()),
    st.builds(Made, SOURCES, join=OURS, trims=st.booleans()),
    st.builds(Made, SOURCES, making=st.sampled_from((Making.LIST, Making.REF))),
    st.builds(
        Made, SOURCES.map(lambda names: names[:1]), values=VALUES, keeps_others=st.booleans()
    ),
    st.builds(Fixed, OURS.filter(bool)),
)


def refusal(said):
    text = said if isinstance(said, str) else json.dumps(said)
    with pytest.raises(MappingRefused) as refused:
        read_mapping(text, CONTRACT)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    return sentence


def of_name(entry):
    """A mapping whose only doubtful part is what makes the name."""
    return {"model": "officials", "columns": {"name": entry}}


@given(st.dictionaries(st.sampled_from(CONTRACT["officials"]), MADE, min_size=1), st.data())
def test_what_is_written_reads_back_and_hides_nothing(columns, data):
    used = Mapping("officials", columns).used
    ignored = data.draw(st.lists(THEIRS.filter(lambda name: name not in used), unique=True))
    mapping = Mapping("officials", columns, tuple(ignored))
    text = mapping_text(mapping)
    assert forbidden_character(text, multiline=True) is None
    assert read_mapping(text, CONTRACT) == mapping


def test_example_of_the_documentation_reads():
    text = """{
      "model": "officials",
      "columns": {
        "ref": {"from": "id", "as": "ref"},
        "name": {"from": ["first", "last"], "join": " ", "trim": true},
        "country": {"always": "US"},
        "born": {"from": ["birthday"], "values": {"?": ""}, "others": "keep"}
      },
      "ignored": ["phone"]
    }"""
    assert read_mapping(text, CONTRACT) == Mapping(
        "officials",
        {
            "ref": Made(("id",), Making.REF),
            "name": Made(("first", "last"), join=" ", trims=True),
            "country": Fixed("US"),
            "born": Made(("birthday",), values={"?": ""}, keeps_others=True),
        },
        ("phone",),
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", "The mapping is not JSON"),
        ("{", "in line 1, column 2."),
        ("[]", "The mapping: give an object"),
        ("[" * 50_000, "nested too deep"),
        (" " * 100_001, "at most 100,000 are read"),
        ('{"model": "roles", "model": "roles"}', "The key “model” stands twice"),
        ({}, "model: give a text"),
        ({"modle": "roles"}, "There is no key “modle”. Did you mean “model”?"),
        ({"model": "officals"}, "model: there is no model “officals”. Did you mean “officials”?"),
        ({"model": "officials"}, "columns: give an object"),
        ({"model": "officials", "columns": {}}, "columns: no column of ours"),
        (
            {"model": "officials", "columns": {"nmae": {"from": "a"}}},
            "columns: there is no key “nmae”. Did you mean “name”?",
        ),
        ({"model": "officials", "columns": {"name": {"from": "a"}}, "ignored": "b"}, "ignored:"),
        (
            {"model": "officials", "columns": {"name": {"from": "a"}}, "ignored": ["b", "b"]},
            "ignored: “b” is there twice",
        ),
        (
            {"model": "officials", "columns": {"name": {"from": "a"}}, "ignored": ["a"]},
            "ignored: “a” is mapped and ignored",
        ),
    ],
)
def test_what_is_no_mapping_is_refused_by_key(said, expected):
    assert expected.lower() in refusal(said).lower()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("a", "columns.name: give an object"),
        ({}, "columns.name: give from"),
        ({"form": "a"}, "columns.name: there is no key “form”. Did you mean “from”?"),
        ({"from": 1}, "columns.name.from: give a list"),
        ({"from": [1]}, "columns.name.from: give a list"),
        ({"from": []}, "columns.name.from: name at least one"),
        ({"from": ["a", "a"]}, "columns.name.from: “a” is there twice"),
        ({"from": ["a", "b"]}, "“a” and “b” would both become name. Give join"),
        ({"from": "a", "join": " "}, "columns.name.join: it is for texts of several columns"),
        ({"from": ["a", "b"], "as": "list", "join": " "}, "columns.name.join: it is for texts"),
        ({"from": ["a", "b"], "join": 1}, "columns.name.join: give a text"),
        ({"from": ["a", "b"], "join": "\u202e"}, "columns.name.join: U+202E"),
        ({"from": "a", "as": "date"}, "“date” is not accepted; give one of text, list, ref."),
        ({"from": "a", "trim": "yes"}, "columns.name.trim: give true or false"),
        ({"from": "a", "others": "keep"}, "columns.name.others: it goes with values"),
        ({"from": "a", "values": {}}, "columns.name.values: the table is empty"),
        ({"from": "a", "values": {"x": 1}}, "columns.name.values.“x”: give a text"),
        ({"from": "a", "values": {"x": "\0"}}, "columns.name.values.“x”: U+0000"),
        (
            {"from": "a", "values": {"x": "y"}, "others": "drop"},
            "columns.name.others: “drop” is not accepted; give one of refuse, keep.",
        ),
        (
            {"from": ["a", "b"], "join": " ", "values": {"x": "y"}},
            "columns.name.values: a table of values is for a single column",
        ),
        ({"always": "a", "trim": True}, "columns.name: always takes no other key"),
        ({"always": 1}, "columns.name.always: give a text"),
        ({"always": ""}, "columns.name.always: it is empty"),
        ({"always": "a\nb"}, "columns.name.always: U+000A"),
    ],
)
def test_column_that_is_declared_wrongly_is_refused_by_key(entry, expected):
    assert expected in refusal(of_name(entry))
