"""Cells that are good, bad and at the edge of what a column takes, by the kind of its field."""

from __future__ import annotations

import csv
import io
from functools import singledispatch

from django.db import models

from roster.exchange.runs import import_csv
from roster.fields import (
    CodeField,
    CountryField,
    FingerprintField,
    LanguageField,
    LineField,
    ListField,
    OrdinalField,
    PartialDateField,
    ProseField,
    RefField,
    WebAddressField,
)
from tests.test_dates import NO_NOTATION, NOTATION, REFUSED_WORDS, WORDS
from tests.text.test_lists import MALFORMED
from tests.text.test_refs import NO_REFS

HIDDEN = ["a\u202eb", "a\u2028b", "a\x85b", "a\ufeffb", "a\x7fb", "a\ufffe"]
TEXTS = [
    "", " ", "\u00a0", "x", " padded ", "e\u0301", "Ω ﬁ", "𐍈", "a\u200bb", "a\u00adb", "a\tb",
    "a\nb", "a\r\nb", "a\rb", "\n", "'", '"', "a,b", "a;b", "=1+1", "NULL", "None", "<b>",
    "name", "ref", *HIDDEN,
]  # fmt: skip
SHORT = ["", " ", "\u00a0", "x", "\n", "é", *HIDDEN[:2]]


def of_length(length):
    """Texts of this length and of one more."""
    return [text * size for size in (length, length + 1) for text in ("x", "é", "👩", "\u00a0")]


@singledispatch
def cells_of(field: models.Field) -> list[str]:
    """What stands in the cells of a column of this field; LookupError for one without cases."""
    raise LookupError(f"{type(field).__name__} has no cells here: add some.")


@cells_of.register
def _(field: LineField) -> list[str]:
    return [*TEXTS, *of_length(field.max_length)]


@cells_of.register
def _(field: ProseField) -> list[str]:
    long = field.max_length
    return [*TEXTS, *of_length(long), "x" * (long - 2) + "\r\nx", "x" * (long - 1) + "\r\nx"]


@cells_of.register
def _(field: ListField) -> list[str]:
    good = ["a", "a|b", r"a\|b", r"a\\|b", "=1|+1", " a | b ", "e\u0301|\u00a0", "|".join("abc")]
    return [*TEXTS, *good, *MALFORMED, *of_length(field.max_length), "\\|" * field.max_length]


@cells_of.register
def _(field: CodeField) -> list[str]:
    codes = [code for code, _label in field.flatchoices]
    labels = [str(label) for _code, label in field.flatchoices]
    return [*SHORT, *codes, *labels, codes[0].swapcase(), f" {codes[0]}", "nonsense", "x" * 41]


@cells_of.register
def _(field: CountryField) -> list[str]:
    return [*SHORT, "US", "IR", "GB", "XK", "us", "Us", "UK", "ZZ", "U", "USA", "U1", "ÜS", " US"]


@cells_of.register
def _(field: LanguageField) -> list[str]:
    good = ["en", "fa", "zh-Hant-TW", "abcdefgh-12345678", "de-CH-1996", "x-" + "a" * 8]
    bad = ["e", "1n", "en_US", "en-", "-en", "en--US", "englishes", "en-" + "a" * 9, "én", "en "]
    return [*SHORT, *good, *bad, "en-" + "-".join(["abcdefgh"] * 3), "en" + "-abcdefg" * 5]


@cells_of.register
def _(field: WebAddressField) -> list[str]:
    good = ["https://example.org/a?b=%20#c", "http://example.org", "https://example.org:8080/",
            "https://example.org/" + "a" * (field.max_length - 20)]  # fmt: skip
    bad = ["example.org", "ftp://example.org", "javascript:alert(1)", "HTTPS://example.org",
           "https:/example.org", "https://", "https://example.org/a b",
           "https://example.org/\u00a0",
           "https://example.org/\n",
           "https://example.org/" + "a" * (field.max_length - 19)]  # fmt: skip
    return [*SHORT, *good, *bad]


@cells_of.register
def _(field: FingerprintField) -> list[str]:
    whole = "0123456789abcdef" * 4
    return [*SHORT, whole, whole[:-1], whole + "0", whole.upper(), "g" * 64, f" {whole[:-1]}"]


@cells_of.register
def _(field: PartialDateField) -> list[str]:
    notation = [text for text, *_ in NOTATION]
    words = [text for text, _ in WORDS]
    near = ["unknown", "Unknown", " 2020 ", "2020 ", "../..", "2020/2020", "2021/2020", "x" * 41]
    return [*SHORT, *notation, *words, *NO_NOTATION, *REFUSED_WORDS, *near]


@cells_of.register
def _(field: OrdinalField) -> list[str]:
    good = ["1", "007", " 7 ", "2147483647", "00002147483647"]
    bad = ["0", "00", "-1", "+1", "1.0", "1e3", "1_0", "١", "²", "2147483648", "9" * 5_000]
    return [*SHORT, *good, *bad]


@cells_of.register
def _(field: RefField) -> list[str]:
    refs = ["a", "0", "mike-pompeo/protection/1", "a--b", "x" * field.max_length]
    return [*SHORT, *refs, *NO_REFS]


@cells_of.register
def _(field: models.ForeignKey) -> list[str]:
    return [*SHORT, *NO_REFS, "there", "There", " there", "there/", "not-there"]


def as_read(cell):
    """A cell as every import finds it: a line ends with a line feed, whatever it ended with."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def table(header, rows):
    """The bytes of a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([header, *rows])
    return out.getvalue().encode()


def send(stem, header, *rows, **options):
    """Import a file of these rows."""
    return import_csv(stem, table(header, rows), reason="A test.", **options)
