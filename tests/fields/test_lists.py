"""ListField: a tuple in Python, the notation in the column, in forms and in files."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import modelform_factory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.fields import ListField
from roster.text.lists import join_list, split_list
from tests.fields.samples import Sample, a_sample, insert_raw
from tests.text.test_lists import PAIRS

ALIASES = Sample._meta.get_field("aliases")


def form(typed: str, **values: object):
    return modelform_factory(Sample, fields=["aliases"])(
        {"aliases": typed}, instance=a_sample(**values)
    )


@pytest.mark.parametrize(("text", "items"), PAIRS)
def test_a_list_is_kept_in_its_notation(samples, text, items):
    a_sample(aliases=items).save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT aliases FROM samples_sample")
        assert cursor.fetchone() == (text,)
    assert samples.get().aliases == items
    assert samples.filter(aliases=items).filter(aliases=text).exists()


def test_a_sequence_or_the_notation_becomes_a_tuple():
    for value in ("a|b", ["a", "b"], ("a", "b")):
        sample = a_sample(aliases=value)
        sample.clean_fields()
        assert sample.aliases == ("a", "b")


def test_nothing_is_the_empty_list(samples):
    assert a_sample().aliases == ()
    assert ALIASES.to_python(None) == ALIASES.to_python("") == ()
    insert_raw(aliases="")
    assert samples.get().aliases == ()


def test_a_list_that_has_to_be_given_has_no_default():
    assert not ListField(max_length=5).has_default()


def test_files_carry_the_notation():
    assert ALIASES.value_to_string(a_sample(aliases=("a|b", "c"))) == r"a\|b|c"
    assert ALIASES.value_to_string(a_sample(aliases="a|b")) == "a|b"


def test_an_empty_item_is_refused():
    with pytest.raises(ValidationError, match="Item 2 of the list is empty"):
        a_sample(aliases=["a", ""]).clean_fields()


def test_what_is_no_text_is_refused():
    with pytest.raises(ValidationError, match=r"a list of texts"):
        a_sample(aliases=["a", 1]).clean_fields()


def test_a_form_shows_the_notation():
    unbound = modelform_factory(Sample, fields=["aliases"])(instance=a_sample(aliases=("a|b", "c")))
    assert r'value="a\|b|c"' in str(unbound["aliases"])


def test_a_form_gives_a_tuple():
    filled = form(r"a\|b|c")
    assert filled.is_valid(), filled.errors
    assert filled.instance.aliases == ("a|b", "c")
    emptied = form("", aliases=("a",))
    assert emptied.is_valid(), emptied.errors
    assert emptied.instance.aliases == ()


def test_a_form_knows_what_changed():
    assert not form("a|b", aliases=("a", "b")).has_changed()
    assert not form("").has_changed()
    assert form("a|c", aliases=("a", "b")).has_changed()


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed():
    refused = form("a||b")
    assert refused.errors["aliases"] == [
        (
            "Item 2 of the list is empty: separate items by one vertical bar (|), with none before "
            "the first or after the last."
        )
    ]
    assert 'value="a||b"' in str(refused["aliases"])
    too_long = form("a" * 31)
    assert too_long.errors["aliases"] == ["This text has 31 characters; at most 30 are accepted."]


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.text(alphabet="|\\a", max_size=10), min_size=10, max_size=40))
def test_the_check_accepts_what_python_reads(texts):
    check = ALIASES.rule_sql("t", connection.vendor)
    rows = ", ".join(["(CAST(%s AS text))"] * len(texts))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH one(t) AS (VALUES {rows}) SELECT t, {check} FROM one", texts)
        for text, accepted in cursor.fetchall():
            try:
                items = split_list(text)
            except ValueError:
                assert not accepted, text
            else:
                assert accepted, text
                assert join_list(items) == text
