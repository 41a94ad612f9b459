from __future__ import annotations

import pytest

from roster.models.sources import PARAGRAPH_LENGTH
from roster.provenance import documents
from roster.provenance.documents import Document, DocumentError, read_document

TWO = ("First words.", "Second words.")


@pytest.mark.parametrize(
    "text",
    [
        "First words.\n\nSecond words.",
        "\ufeffFirst words.\r\n\r\nSecond words.\r\n",
        "First words.\r\rSecond words.",
        "\n\n  First\n   words.\n \t\n\n\nSecond\twords.\n\n",
        "First words.\n\u00a0\nSecond words.",
        "First words.\n\nSecond words.".encode("utf-8-sig"),
    ],
)
def test_blank_lines_part_paragraphs_whatever_the_line_ends(text):
    assert read_document(text) == Document(TWO)


@pytest.mark.parametrize(
    ("text", "published", "first"),
    [
        ("date 2024-07-18 First words.", "2024-07-18", "First words."),
        (" date 2024-07-18\nFirst words.", "2024-07-18", "First words."),
        ("date 2024-07-18\n\nFirst words.", "2024-07-18", "First words."),
        ("\ufeffdate 2024-07-18 First words.", "2024-07-18", "First words."),
        ("date 2024-13-18 First words.", "", "date 2024-13-18 First words."),
        ("date 2024-07-181 First", "", "date 2024-07-181 First"),
        ("The date 2024-07-18 First", "", "The date 2024-07-18 First"),
        ("First.\n\ndate 2024-07-18 Second.", "", "First."),
    ],
)
def test_a_leading_date_is_the_publication_date_and_no_text(text, published, first):
    found = read_document(text)
    assert (found.published, found.paragraphs[0]) == (published, first)


def test_numbers_in_the_text_are_text():
    found = read_document("7. First\n\n¶ 1 Second\n\n[3] Third")
    assert found.paragraphs == ("7. First", "¶ 1 Second", "[3] Third")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The text is empty"),
        (" \n\n\t", "The text is empty"),
        ("date 2024-07-18", "The text is empty"),
        (b"ok\nbad \xff", "byte 0xFF on line 2"),
        ("a\n\nb\u202ec", "Paragraph 2 holds U+202E RIGHT-TO-LEFT OVERRIDE at character 2"),
        ("a\n\nb\0c", "Paragraph 2 holds U+0000 NULL"),
        ("a\n\n" + "x" * (PARAGRAPH_LENGTH + 1), "Paragraph 2 has 100,001 characters"),
        ("x\n\n" * 10_001, "more than 10,000 paragraphs"),
        ("x" * (documents.MAX_BYTES + 1), "more than 20,971,520 bytes"),
        ("x " * (5 * 1024 * 1024 // 2), "Paragraph 1 has 5,242,879 characters"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(text, says):
    with pytest.raises(DocumentError) as refusal:
        read_document(text)
    assert says in str(refusal.value)
    assert str(refusal.value).endswith((".", "?"))


def test_hidden_characters_are_removed_when_asked_for_and_counted():
    found = read_document("a\u202eb\n\nc\x00\u200fd", remove_hidden=True)
    assert found == Document(("ab", "cd"), removed=3)


def test_the_longest_paragraph_is_taken():
    assert read_document("x" * PARAGRAPH_LENGTH).paragraphs == ("x" * PARAGRAPH_LENGTH,)
