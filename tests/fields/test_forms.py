"""Forms of our fields: the same sentences, and widgets that suit them."""

from __future__ import annotations

import pytest
from django import forms
from django.forms import modelform_factory

from tests.fields.samples import Sample, a_sample


def form(**typed: object) -> forms.ModelForm:
    return modelform_factory(Sample, fields=list(typed))(typed, instance=a_sample())


@pytest.mark.parametrize(
    ("column", "typed", "sentence"),
    [
        ("level", "medium", "“medium” is not accepted: give one of low, high."),
        (
            "country",
            "UK",
            "“UK” is not a country: give the two capital letters of ISO 3166-1, such as US.",
        ),
        ("place", "0", "“0” is not an ordinal: give a whole number from 1 to 2147483647."),
        ("place", "1.0", "“1.0” is not an ordinal: give a whole number from 1 to 2147483647."),
        (
            "place",
            "2147483648",
            "“2147483648” is not an ordinal: give a whole number from 1 to 2147483647.",
        ),
        (
            "summary",
            "s" * 41,
            "This text has 41 characters; at most 40 are accepted.",
        ),
        ("fingerprint", "x", "A fingerprint is 64 hexadecimal digits in lower case (SHA-256)."),
        (
            "url",
            "example.org",
            (
                "“example.org” is not a web address: give one that begins with https:// or "
                "http:// and has no white space, such as https://example.org/notice."
            ),
        ),
    ],
)
def test_a_form_says_the_sentence(column, typed, sentence):
    assert form(**{column: typed}).errors == {column: [sentence]}


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("level", "high", "high"),
        ("mood", "", ""),
        ("country", "IR", "IR"),
        ("place", "2147483647", 2_147_483_647),
        ("place", " 007 ", 7),
        ("number", "", None),
        ("language", "fa", "fa"),
        ("url", "https://example.org", "https://example.org"),
        ("name", " Mark Milley ", "Mark Milley"),
        ("summary", "one\r\ntwo", "one\ntwo"),
        ("summary", "s" * 38 + "\r\n" + "s", "s" * 38 + "\n" + "s"),
    ],
)
def test_a_form_keeps_what_is_accepted(column, typed, kept):
    filled = form(**{column: typed, "summary": "s"} if column != "summary" else {column: typed})
    assert filled.is_valid(), filled.errors
    assert getattr(filled.instance, column) == kept


def test_a_form_takes_a_blank_ref_where_the_field_allows_it(samples):
    assert form(ref="").is_valid()
    assert form(ref="Not One").errors["ref"][0].startswith("“Not One” is not a ref: give ")


def test_widgets_suit_their_fields():
    widgets = {
        name: type(one.widget) for name, one in form(**dict.fromkeys(COLUMNS, "")).fields.items()
    }
    assert widgets == COLUMNS


COLUMNS = {
    "name": forms.TextInput,
    "aliases": forms.TextInput,
    "level": forms.Select,
    "country": forms.Select,
    "url": forms.URLInput,
    "place": forms.NumberInput,
    "summary": forms.Textarea,
    "start": forms.TextInput,
}


def test_what_a_form_may_leave_out():
    required = {
        name for name, one in form(**dict.fromkeys(COLUMNS, "")).fields.items() if one.required
    }
    assert required == {"name", "level", "place"}


def test_countries_are_offered_by_name():
    offered = dict(form(country="").fields["country"].choices)
    assert str(offered["IR"]).startswith("Iran")
    assert "" in offered
