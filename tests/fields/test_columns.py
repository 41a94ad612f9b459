"""Each field's own rule: the sentence, the refusal by the database, the edge that passes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from tests.fields.samples import a_sample, insert_raw
from tests.test_dates import NO_NOTATION
from tests.text.test_lists import MALFORMED
from tests.text.test_refs import NO_REFS

FINGERPRINT = "0123456789abcdef" * 4

REFUSED = [
    *(("ref", text) for text in NO_REFS),
    ("name", ""),
    ("name", "n" * 21),
    *(("aliases", text) for text in MALFORMED),
    ("aliases", "a" * 31),
    ("level", ""),
    ("level", "medium"),
    ("level", "LOW"),
    ("mood", "medium"),
    ("mood", " "),
    ("country", "U"),
    ("country", "us"),
    ("country", "USA"),
    ("country", "U1"),
    ("country", "ÜS"),
    ("language", "e"),
    ("language", "1n"),
    ("language", "en_US"),
    ("language", "en-"),
    ("language", "-en"),
    ("language", "en--US"),
    ("language", "englishes"),
    ("language", "en-" + "a" * 9),
    ("language", "én"),
    ("language", "en-" + "-".join(["abcdefgh"] * 4)),
    ("url", "example.org"),
    ("url", "ftp://example.org"),
    ("url", "javascript:alert(1)"),
    ("url", "HTTPS://example.org"),
    ("url", "https:/example.org"),
    ("url", "https://example.org/a b"),
    ("url", "https://example.org/\n"),
    ("url", "https://example.org/" + "a" * 2_000),
    ("fingerprint", FINGERPRINT[:-1]),
    ("fingerprint", FINGERPRINT + "0"),
    ("fingerprint", FINGERPRINT.upper()),
    ("fingerprint", "g" * 64),
    ("number", 0),
    ("number", -1),
    ("place", 0),
    ("place", None),
    ("summary", "s" * 41),
    *(("start", text) for text in NO_NOTATION),
    *(("end", text) for text in NO_NOTATION),
    ("start", ".."),
    ("start", "unknown"),
    ("start", "by 2020"),
]

ACCEPTED = [
    ("ref", "a" * 200),
    ("ref", "mike-pompeo/protection/1"),
    ("name", "n" * 20),
    ("name", "👩" * 20),
    ("aliases", "a" * 30),
    ("aliases", r"a\\|b\||c"),
    ("level", "low"),
    ("mood", ""),
    ("mood", "low"),
    ("country", "US"),
    ("language", "en"),
    ("language", "zh-Hant-TW"),
    ("language", "abcdefgh-12345678"),
    ("language", "de-CH-1996"),
    ("url", "https://example.org/a?b=%20#c"),
    ("url", "http://example.org"),
    ("url", "https://example.org/" + "a" * 1_980),
    ("fingerprint", FINGERPRINT),
    ("number", 1),
    ("number", None),
    ("place", 2_147_483_647),
    ("summary", "s" * 40),
    ("summary", "one\n\ttwo"),
    ("end", ".."),
    ("end", "2020~"),
]

# Blank in a form, where an act makes a ref before it saves.
REFUSED_IN_PYTHON = [
    case
    for case in REFUSED
    if case != ("ref", "")
    # Words and outer white space are turned into notation, not refused.
    and not (case[0] in {"start", "end"} and str(case[1]).strip() in {"", "2020"})
    and case[1] not in {"unknown", "by 2020"}
]


@pytest.mark.parametrize(("column", "value"), REFUSED_IN_PYTHON)
def test_the_form_says_why_in_a_sentence(column, value):
    with pytest.raises(ValidationError) as refused:
        a_sample(**{column: value}).clean_fields()
    assert set(refused.value.message_dict) == {column}
    assert all(sentence.endswith(".") for sentence in refused.value.messages)


@pytest.mark.parametrize(("column", "value"), REFUSED)
def test_the_database_refuses(samples, column, value):
    with pytest.raises(IntegrityError):
        insert_raw(**{column: value})


@pytest.mark.parametrize(("column", "value"), ACCEPTED)
def test_the_edge_passes(samples, column, value):
    insert_raw(**{column: value})
    samples.get().clean_fields()
    assert samples.exclude(**{f"{column}__isnull": value is not None}).exists()


@pytest.mark.parametrize("column", ["ref", "name", "aliases", "level", "start", "search_key"])
def test_text_is_never_null(samples, column):
    with pytest.raises(IntegrityError):
        insert_raw(**{column: None})


@pytest.mark.parametrize("column", ["ref", "name", "aliases", "summary", "start", "search_key"])
@pytest.mark.parametrize("value", [b"blob", "2020\0hidden"])
def test_sqlite_keeps_neither_blobs_nor_what_hides_behind_a_nul(samples, column, value):
    if connection.vendor != "sqlite":
        pytest.skip("no other engine would take them")
    with pytest.raises(IntegrityError):
        insert_raw(**{column: value})


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (
            "ref",
            "Mark Milley",
            (
                "“Mark Milley” is not a ref: give lower-case letters a–z, digits and hyphens, "
                "in parts separated by /, each part beginning and ending with a letter or "
                "digit, at most 200 characters, such as mike-pompeo/protection/1."
            ),
        ),
        ("level", "medium", "“medium” is not accepted: give one of low, high."),
        ("mood", "x", "“x” is not accepted: give one of low, high, or leave it empty."),
        (
            "country",
            "UK",
            "“UK” is not a country: give the two capital letters of ISO 3166-1, such as US.",
        ),
        (
            "language",
            "english (US)",
            "“english (US)” is not a language tag: give one such as en, fa or zh-Hant (BCP 47).",
        ),
        (
            "url",
            "example.org",
            (
                "“example.org” is not a web address: give one that begins with https:// or "
                "http:// and has no white space, such as https://example.org/notice."
            ),
        ),
        ("fingerprint", "x", "A fingerprint is 64 hexadecimal digits in lower case (SHA-256)."),
        ("place", 0, "0 is not an ordinal: give a whole number from 1 to 2147483647."),
        ("summary", "s" * 41, "This text has 41 characters; at most 40 are accepted."),
        ("aliases", "a" * 31, "This text has 31 characters; at most 30 are accepted."),
        (
            "name",
            "Mark\u202e",
            (
                "U+202E RIGHT-TO-LEFT OVERRIDE at character 5 is not accepted: give one line "
                "of text without control characters."
            ),
        ),
        (
            "aliases",
            "a|b\tc",
            (
                "U+0009 TAB at character 2 is not accepted: give one line of text without "
                "control characters."
            ),
        ),
        (
            "summary",
            "a\rb",
            (
                "U+000D CARRIAGE RETURN at character 2 is not accepted: give text with line "
                "breaks and tabs without control characters."
            ),
        ),
        (
            "url",
            "https://example.org/\u202e",
            (
                "U+202E RIGHT-TO-LEFT OVERRIDE at character 21 is not accepted: give one line "
                "of text without control characters."
            ),
        ),
    ],
)
def test_the_sentence_names_what_is_accepted(column, value, sentence):
    with pytest.raises(ValidationError) as refused:
        a_sample(**{column: value}).clean_fields()
    assert refused.value.message_dict == {column: [sentence]}


def test_a_ref_may_be_blank_in_a_form_for_an_act_to_make():
    a_sample(ref="").clean_fields()


def test_refs_and_codes_sort_by_code_point(samples):
    for ref in ("b", "a/z", "a-z", "a0", "a"):
        insert_raw(ref=ref)
    refs = list(samples.order_by("ref").values_list("ref", flat=True))
    assert refs == sorted(refs) == ["a", "a-z", "a/z", "a0", "b"]


def test_windows_line_ends_become_line_feeds():
    sample = a_sample(summary="one\r\ntwo")
    sample.clean_fields()
    assert sample.summary == "one\ntwo"
