"""Partial dates: what is accepted, what it means, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.dates import PartialDate, parse

FIRST, LAST = date.min.isoformat(), date.max.isoformat()

NOTATION = [
    ("", FIRST, LAST),
    ("..", LAST, LAST),
    ("2020", "2020-01-01", "2020-12-31"),
    ("2020-07", "2020-07-01", "2020-07-31"),
    ("2020-07-18", "2020-07-18", "2020-07-18"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2023-02", "2023-02-01", "2023-02-28"),
    ("1900-02", "1900-02-01", "1900-02-28"),
    ("2000-02", "2000-02-01", "2000-02-29"),
    ("2024-02-29", "2024-02-29", "2024-02-29"),
    ("2020~", "2019-01-01", "2021-12-31"),
    ("2020-07~", "2020-06-01", "2020-08-31"),
    ("2020-01~", "2019-12-01", "2020-02-29"),
    ("2020-12~", "2020-11-01", "2021-01-31"),
    ("2020-07-18~", "2020-07-17", "2020-07-19"),
    ("2020-03-01~", "2020-02-29", "2020-03-02"),
    ("2020-12-31~", "2020-12-30", "2021-01-01"),
    ("0001~", "0001-01-01", "0002-12-31"),
    ("0001-01~", "0001-01-01", "0001-02-28"),
    ("0001-01-01~", "0001-01-01", "0001-01-02"),
    ("9999~", "9998-01-01", "9999-12-31"),
    ("9999-12~", "9999-11-01", "9999-12-31"),
    ("9999-12-31~", "9999-12-30", "9999-12-31"),
    ("../2024-07-18", FIRST, "2024-07-18"),
    ("../2024-02", FIRST, "2024-02-29"),
    ("../2024", FIRST, "2024-12-31"),
    ("2024-07-18/..", "2024-07-18", LAST),
    ("2024-07/..", "2024-07-01", LAST),
    ("2024/..", "2024-01-01", LAST),
    ("2020/2021-03", "2020-01-01", "2021-03-31"),
    ("2020-01/2020-02", "2020-01-01", "2020-02-29"),
    ("2020-01-31/2020-02", "2020-01-31", "2020-02-29"),
    ("2020-07-18/2020-07-19", "2020-07-18", "2020-07-19"),
]

NO_NOTATION = [
    " ",
    "0000",
    "0000-01-01",
    "2020-00",
    "2020-13",
    "2020-13~",
    "2020-07-00",
    "2020-07-32",
    "2023-02-29",
    "1900-02-29",
    "2020-04-31",
    "03/01/2020",
    "01/2020",
    "18.07.2020",
    "20200718",
    "2020-7",
    "2020-07-8",
    "20",
    "12020",
    "-2020",
    "2020-",
    "2020-07-18T10:00",
    "２０２０",
    "2020\n",
    "2020 ",
    "2020?",
    "2020%",
    "~",
    "~2020",
    "2020~~",
    "2020~-07",
    "..~",
    "...",
    ".",
    "../",
    "/..",
    "/",
    "2020/",
    "/2020",
    "../..",
    "../2020~",
    "2020~/..",
    "2020~/2021",
    "2020/2021~",
    "../2020/..",
    "2020/2021/2022",
    "2020//2021",
    "2021/2020",
    "2020/2020",
    "2020/2020-03",
    "2020-03/2020",
    "2020-07-18/2020-07",
    "2020-07-18/2020-07-18",
    "2020-02-30/2021",
    "2020/2021-02-29",
]
"""Texts that no partial date is; also the near misses that SQL is tried on."""

WORDS = [
    ("by 2024-07-18", "../2024-07-18"),
    ("until 2024-07", "../2024-07"),
    ("before 2020", "../2019-12-31"),
    ("before 2020-03", "../2020-02-29"),
    ("before 2020-03-01", "../2020-02-29"),
    ("before 0001-01-02", "../0001-01-01"),
    ("since 2018-04", "2018-04/.."),
    ("from 2018", "2018/.."),
    ("after 2020-02", "2020-03-01/.."),
    ("after 2020", "2021-01-01/.."),
    ("after 9999-12-30", "9999-12-31/.."),
    ("c. 2020", "2020~"),
    ("c.2020-07", "2020-07~"),
    ("circa 2020", "2020~"),
    ("about 2020-07-18", "2020-07-18~"),
    ("unknown", ""),
    ("", ""),
    ("  2020-07 \n", "2020-07"),
    (" BY  2024-07-18 ", "../2024-07-18"),
    ("Unknown", ""),
    ("C. 2020", "2020~"),
    ("2020/2021-03", "2020/2021-03"),
]

REFUSED_WORDS = [
    "before 0001",
    "before 0001-01-01",
    "after 9999",
    "after 9999-12-31",
    "by 2020~",
    "about 2020~",
    "since 2020/2021",
    "until ..",
    "after",
    "by",
    "by2020",
    "about about 2020",
    "2020 about",
    "early 2020",
    "unknown 2020",
    "c 2020",
    "\u017fince 2020",
]


@pytest.mark.parametrize(("text", "earliest", "latest"), NOTATION)
def test_notation_means_its_earliest_to_its_latest_day(text, earliest, latest):
    partial = PartialDate(text)
    assert (partial.earliest.isoformat(), partial.latest.isoformat()) == (earliest, latest)
    assert partial.text == str(partial) == text


@pytest.mark.parametrize("text", NO_NOTATION)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="is not a date that can be read"):
        PartialDate(text)


@pytest.mark.parametrize(("typed", "notation"), WORDS)
def test_words_become_notation(typed, notation):
    assert parse(typed).text == notation


@pytest.mark.parametrize("typed", [text for text in NO_NOTATION if text.strip() == text and text])
def test_words_do_not_open_the_grammar(typed):
    with pytest.raises(ValueError, match="is not a date"):
        parse(typed, open_end=True)


@pytest.mark.parametrize("typed", REFUSED_WORDS)
def test_words_that_say_no_date_are_refused(typed):
    with pytest.raises(ValueError, match="is not a date"):
        parse(typed)


@pytest.mark.parametrize("word", ["by 2020", "unknown", "before 2020"])
def test_a_partial_date_itself_takes_no_words(word):
    with pytest.raises(ValueError, match="is not a date"):
        PartialDate(word)


def test_an_open_end_is_taken_only_where_it_is_allowed():
    assert parse("..", open_end=True).text == ".."
    with pytest.raises(ValueError, match=r"“\.\.” is not a date"):
        parse("..")


def test_a_refusal_quotes_the_text_and_lists_what_is_accepted():
    with pytest.raises(ValueError, match="is not a date") as refused:
        parse("03/01/2020")
    sentence = str(refused.value)
    assert sentence.startswith("“03/01/2020” ")
    assert sentence.endswith(".")
    for form in ("2020-07-18", "2020~", "../2024-07-18", "2024-07-18/..", "2020/2021-03", "before"):
        assert form in sentence
    assert "no end foreseen" not in sentence


def test_a_refusal_says_that_an_end_may_be_open():
    with pytest.raises(ValueError, match="no end foreseen"):
        parse("never", open_end=True)


def test_a_refusal_shows_no_character_that_cannot_be_seen():
    with pytest.raises(ValueError, match="“2020\ufffd\ufffd1”"):
        parse("2020\u202e\x001")


def test_a_refusal_shortens_a_long_text():
    with pytest.raises(ValueError, match=r"“9{60}…”"):
        parse("9" * 5_000)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("", "unknown"),
        ("..", "open: no end foreseen"),
        ("2020", "2020"),
        ("2020-07", "July 2020"),
        ("2024-07-18", "18 July 2024"),
        ("2020~", "about 2020"),
        ("2020-07~", "about July 2020"),
        ("2024-07-01~", "about 1 July 2024"),
        ("../2024-07-18", "on or before 18 July 2024"),
        ("../2024-07", "in or before July 2024"),
        ("2024-07-18/..", "on or after 18 July 2024"),
        ("2024/..", "in or after 2024"),
        ("2020/2021-03", "between 2020 and March 2021"),
    ],
)
def test_a_date_describes_itself_in_english(text, english):
    assert PartialDate(text).describe() == english


def test_dates_are_equal_by_their_text():
    assert PartialDate("2020") == PartialDate("2020")
    assert PartialDate("2020") != PartialDate("2020/..")
    assert len({PartialDate("2020"), PartialDate("2020")}) == 1


atoms = st.dates().flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]])
)


@st.composite
def notations(draw, *, open_end: bool = True) -> str:
    """Every form of the notation, over the whole calendar."""
    atom = draw(atoms)
    other = draw(atoms)
    forms = ["", atom, f"{atom}~", f"../{atom}", f"{atom}/.."]
    first, second = sorted((PartialDate(atom), PartialDate(other)), key=lambda one: one.earliest)
    if first.latest < second.earliest:
        forms.append(f"{first.text}/{second.text}")
    if open_end:
        forms.append("..")
    return draw(st.sampled_from(forms))


@given(notations())
def test_notation_is_kept_as_typed(text):
    assert parse(text, open_end=True).text == text
    assert PartialDate(text).earliest <= PartialDate(text).latest


@given(atoms.filter(lambda atom: PartialDate(atom).earliest > date.min))
def test_before_ends_the_day_before_it_begins(atom):
    assert parse(f"before {atom}").latest == PartialDate(atom).earliest - timedelta(days=1)


@given(atoms.filter(lambda atom: PartialDate(atom).latest < date.max))
def test_after_begins_the_day_after_it_ends(atom):
    assert parse(f"after {atom}").earliest == PartialDate(atom).latest + timedelta(days=1)


@given(atoms)
def test_about_is_one_unit_wider_on_each_side(atom):
    exact, about = PartialDate(atom), PartialDate(f"{atom}~")

    def same_unit(day: date) -> PartialDate:
        return PartialDate(day.isoformat()[: len(atom)])

    if exact.earliest > date.min:
        assert about.earliest == same_unit(exact.earliest - timedelta(days=1)).earliest
    else:
        assert about.earliest == date.min
    if exact.latest < date.max:
        assert about.latest == same_unit(exact.latest + timedelta(days=1)).latest
    else:
        assert about.latest == date.max


@given(st.text(max_size=30) | st.text(alphabet="0123456789-/.~ bycfromafter", max_size=25))
def test_any_text_is_read_or_refused(text):
    try:
        partial = parse(text, open_end=True)
    except ValueError:
        partial = None
    assert partial is None or PartialDate(partial.text) == partial
