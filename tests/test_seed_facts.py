"""The seed bundle says what its article says: read as bare CSV, knowing nothing of the importer."""

import csv
import hashlib
import io
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "fixtures/2024-07-18-iran-threat"
ARTICLE = ROOT.parent / "shared/seed/article.txt"
SOURCE = "2024-07-18-iran-threat"

COLUMNS = {
    "officials": "ref name honorific aliases country born died summary",
    "roles": "ref official title organization start end summary",
    "threat_sources": "ref name kind country parent summary",
    "threats": "ref threat_source official kind status motive start end summary",
    "protections": (
        "ref official level provider authority reason start end end_reason ended_by summary"
    ),
    "extensions": (
        "ref protection number decided notified start end granted_by signed_by reason summary"
    ),
    "sources": (
        "ref title publisher published url language retrieved reliability supersedes summary"
    ),
    "paragraphs": "source number summary fingerprint text",
    "citations": "record field source paragraph quote stance credibility value note",
}
STEM_OF_KIND = {
    "official": "officials",
    "role": "roles",
    "threat_source": "threat_sources",
    "threat": "threats",
    "protection": "protections",
    "extension": "extensions",
}
PARENT = {"role": "official", "protection": "official", "extension": "protection"}
REFERENCES = [
    ("roles", "official", "officials"),
    ("threat_sources", "parent", "threat_sources"),
    ("threats", "threat_source", "threat_sources"),
    ("threats", "official", "officials"),
    ("protections", "official", "officials"),
    ("extensions", "protection", "protections"),
    ("sources", "supersedes", "sources"),
    ("paragraphs", "source", "sources"),
    ("citations", "source", "sources"),
]

needs_article = pytest.mark.skipif(
    not ARTICLE.is_file(), reason="the article is not beside this repository"
)


@cache
def rows(stem):
    with (SEED / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def refs(stem):
    return {row["ref"] for row in rows(stem)}


def factual_values():
    """(record, field) and value of every cell of the seed that wants evidence."""
    return {
        (f"{kind}:{row['ref']}", field): value
        for kind, stem in STEM_OF_KIND.items()
        for row in rows(stem)
        for field, value in row.items()
        if field not in {"ref", "summary", PARENT.get(kind)} and value not in {"", "unknown"}
    }


def sort_key(stem, row):
    if stem == "paragraphs":
        return row["source"], int(row["number"])
    if stem == "citations":
        kind, ref = row["record"].split(":", 1)
        place = list(STEM_OF_KIND).index(kind), ref, row["field"]
        return (*place, row["source"], int(row["paragraph"]), row["quote"])
    return row["ref"]


def normalised(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


@cache
def article():
    """The article's paragraphs by number, without the date that precedes the first."""
    text = re.sub(r"^\s*date \d{4}-\d{2}-\d{2}\s", "", ARTICLE.read_text(encoding="utf-8"))
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return {str(number): normalised(words) for number, words in enumerate(paragraphs, 1)}


def nine_word_runs(text):
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + 9]) for i in range(len(words) - 8)}


@pytest.mark.parametrize("stem", COLUMNS)
def test_file_is_written_as_the_exporter_writes_it(stem):
    columns = COLUMNS[stem].split()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        [row[column] for column in columns]
        for row in sorted(rows(stem), key=lambda row: sort_key(stem, row))
    )
    assert (SEED / f"{stem}.csv").read_bytes() == out.getvalue().encode()


@pytest.mark.parametrize("stem", COLUMNS)
def test_no_key_stands_twice(stem):
    keys = [sort_key(stem, row) for row in rows(stem)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("stem", "column", "target"), REFERENCES)
def test_every_ref_referred_to_exists(stem, column, target):
    assert {row[column] for row in rows(stem)} - {""} <= refs(target)


def test_every_factual_value_is_supported_by_a_citation():
    cited = {(c["record"], c["field"]) for c in rows("citations") if c["stance"] == "supports"}
    assert sorted(factual_values().keys() - cited) == []


def test_every_citation_carries_the_value_of_its_field():
    values = factual_values()
    assert [
        c for c in rows("citations") if values.get((c["record"], c["field"])) != c["value"]
    ] == []


def test_every_citation_points_at_a_paragraph_of_the_seed():
    paragraphs = {(row["source"], row["number"]) for row in rows("paragraphs")}
    assert {(c["source"], c["paragraph"]) for c in rows("citations")} <= paragraphs


def test_every_quote_has_one_to_eight_words():
    assert [c for c in rows("citations") if not 1 <= len(c["quote"].split()) <= 8] == []


def test_the_denial_of_all_accusations_disputes_the_kind_of_every_threat():
    disputed = {
        (c["record"], c["field"])
        for c in rows("citations")
        if c["stance"] == "disputes" and c["paragraph"] == "8"
    }
    assert disputed == {(f"threat:{ref}", "kind") for ref in refs("threats")}


def test_the_claim_of_legal_means_disputes_the_intent():
    disputed = [
        (c["record"], c["field"])
        for c in rows("citations")
        if c["stance"] == "disputes" and c["paragraph"] == "9"
    ]
    assert disputed == [("threat:iran/intent", "kind")]


def test_the_seed_carries_no_text_of_its_paragraphs():
    assert {row["text"] for row in rows("paragraphs")} == {""}


@pytest.mark.parametrize(
    ("official", "level"),
    [
        ("brian-hook", "round_the_clock"),
        ("esper", "round_the_clock"),
        ("frank-mckenzie", "unknown"),
        ("mark-milley", "unknown"),
        ("mike-pompeo", "round_the_clock"),
    ],
)
def test_protection_is_in_force_on_the_day_of_publication(official, level):
    (protection,) = [row for row in rows("protections") if row["official"] == official]
    assert (protection["ref"], protection["level"]) == (f"{official}/protection", level)
    assert (protection["start"], protection["end"]) == ("../2024-07-18", "2024-07-18/..")


def test_five_officials_are_protected_and_two_protections_were_extended():
    assert len(rows("protections")) == 5
    assert [(row["protection"], row["decided"], row["number"]) for row in rows("extensions")] == [
        ("brian-hook/protection", "../2024-07-18", ""),
        ("mike-pompeo/protection", "../2024-07-18", ""),
    ]


@needs_article
def test_every_quote_stands_in_its_paragraph():
    assert [
        c for c in rows("citations") if normalised(c["quote"]) not in article()[c["paragraph"]]
    ] == []


@needs_article
def test_fingerprints_are_those_of_the_nine_paragraphs():
    assert {(row["source"], row["number"]): row["fingerprint"] for row in rows("paragraphs")} == {
        (SOURCE, number): hashlib.sha256(text.encode()).hexdigest()
        for number, text in article().items()
    }


@needs_article
@pytest.mark.parametrize("stem", COLUMNS)
def test_no_cell_repeats_nine_words_of_the_article(stem):
    of_article = nine_word_runs(" ".join(article().values()))
    assert [
        (column, row[column])
        for row in rows(stem)
        for column in row
        if of_article & nine_word_runs(row[column])
    ] == []
