"""Any roster: rows of all nine models, hostile to spreadsheets and parsers, as hypothesis draws."""

from datetime import date

from hypothesis import strategies as st

from roster.dates import PartialDate
from roster.models import (
    DOMAIN,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.models.citations import CITABLE, Credibility, Stance, citable_columns
from roster.models.protections import EndReason, ProtectionLevel
from roster.models.sources import Reliability
from roster.models.threats import ThreatKind, ThreatSourceKind, ThreatStatus
from roster.provenance.fingerprints import fingerprint
from roster.text.characters import forbidden_character

HOSTILE = [
    "=1+1", "+1", "-1", "@x", "\t=1", "'=1", "''", "'", "＝1", "a,b", 'say "hi"', '"', '""', "a;b",
    "'quoted'", "a|b", "a\\|b\\", "\\", "  padded  ", " ", "two\nlines", "\n", "\t", "a\tb",
    "<b>x</b>", "naïve ﬁ Ω", "e\u0301", "\u0301", "𐍈", "👩\u200d🚀", "שלום עולם", "مرحبا",
    "0", "007", "1e9", "1,000", "-0.0", "NULL", "None", "nan", "True", "unknown", "..", "#REF!",
    "2020-01-01", "1/2", "a\u00a0b", "\u00ad", "\u200b",
]  # fmt: skip
"""What a spreadsheet would compute, a parser would cut, or an eye would miss."""

REFS = [
    "a", "a-b", "a/b", "a/b/c", "a0", "ab", "b", "1", "10", "2", "z9/x-y/2", "a-b-c/0",
    "a" * 99 + "/" + "b" * 100,
]  # fmt: skip
"""Refs whose order a locale and the code points do not agree on."""

_ALPHABET = st.characters(exclude_categories=("Cs", "Cn", "Cc", "Zl", "Zp"))


def texts(max_size, *, multiline=False, min_size=0):
    """Text as a field may hold it."""

    def may_stand(text):
        fits = min_size <= len(text) <= max_size
        return fits and not forbidden_character(text, multiline=multiline)

    hostile = [text for text in HOSTILE if may_stand(text)]
    return st.sampled_from(hostile) | st.text(
        _ALPHABET, min_size=min_size, max_size=max_size
    ).filter(may_stand)


names, lines = texts(30, min_size=1), texts(30)
prose = texts(60, multiline=True)
countries = st.sampled_from(["", "IR", "US", "NO"])
numbers = st.sampled_from([None, 1, 2, 7, 10, 2_147_483_647])


def _is_date(text):
    try:
        PartialDate(text)
    except ValueError:
        return False
    return True


_days = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.dates(date(2019, 1, 1), date(2021, 12, 31))
_atoms = st.builds(lambda day, precision: str(day)[:precision], _days, st.sampled_from([4, 7, 10]))
dates = st.one_of(
    st.just(""),
    _atoms,
    _atoms.map("{}~".format),
    _atoms.map("../{}".format),
    _atoms.map("{}/..".format),
    st.tuples(_atoms, _atoms).map(sorted).map("/".join).filter(_is_date),
)
"""A date of every form."""
ends = dates | st.just("..")


def _periods(ends):
    """A start and an end of which some reading is possible."""

    def is_possible(period):
        start, end = map(PartialDate, period)
        return start.earliest <= end.latest

    return st.tuples(dates, ends).filter(is_possible)


def code(choices, *, blank=False):
    return st.sampled_from([*[""] * blank, *choices.values])


VALUES = {
    Official: {
        "name": names,
        "honorific": lines,
        "aliases": st.lists(names, max_size=3).map(tuple),
        "country": countries,
        "summary": prose,
    },
    Role: {"title": names, "organization": lines, "summary": prose},
    ThreatSource: {
        "name": names,
        "kind": code(ThreatSourceKind),
        "country": countries,
        "summary": prose,
    },
    Threat: {
        "kind": code(ThreatKind),
        "status": code(ThreatStatus),
        "motive": prose,
        "summary": prose,
    },
    Protection: {
        "level": code(ProtectionLevel),
        "provider": lines,
        "authority": lines,
        "reason": prose,
        "end_reason": code(EndReason, blank=True),
        "ended_by": lines,
        "summary": prose,
    },
    ProtectionExtension: {
        "number": numbers,
        "decided": dates,
        "notified": dates,
        "granted_by": lines,
        "signed_by": lines,
        "reason": prose,
        "summary": prose,
    },
    Source: {
        "title": names,
        "publisher": lines,
        "published": dates,
        "url": st.sampled_from(["", 'https://example.org/?a=1,2&b="', "http://[::1]/'"]),
        "language": st.sampled_from(["", "fa", "zh-Hant"]),
        "retrieved": dates,
        "reliability": code(Reliability, blank=True),
        "summary": prose,
    },
    Paragraph: {"number": numbers.filter(bool), "summary": prose, "text": prose},
    Citation: {
        "quote": prose,
        "stance": code(Stance),
        "credibility": code(Credibility, blank=True),
        "value": prose,
        "note": prose,
    },
}
"""What each field that stands for itself may say."""


@st.composite
def rosters(draw):
    """Rows by model, not yet saved, each after those that it names."""
    rows = {}
    least = draw(st.sampled_from([1, 1, 1, 0]))  # most have some of everything

    def some(model, most, **named):
        """A few rows, each naming some of those given; none where there are none to name."""
        strategies = {column: st.sampled_from(of) for column, of in named.items() if of}
        each = st.builds(model, **VALUES[model], **strategies)
        return (
            draw(st.lists(each, min_size=least, max_size=most))
            if len(strategies) == len(named)
            else []
        )

    def referable(model, most, **named):
        """A few rows with refs of their own, in any order."""
        rows[model] = some(model, most, **named)
        refs = draw(st.permutations(REFS))
        for row, ref in zip(rows[model], refs, strict=False):
            row.ref = ref
        return rows[model]

    officials = referable(Official, 3)
    referable(Role, 2, official=officials)
    threat_sources = referable(ThreatSource, 3)
    referable(Threat, 2, threat_source=threat_sources, official=[None, *officials])
    protections = referable(Protection, 2, official=officials)
    referable(ProtectionExtension, 3, protection=protections)
    sources = referable(Source, 3)
    paragraphs = some(Paragraph, 3, source=sources)
    rows[Paragraph] = list({(each.source.ref, each.number): each for each in paragraphs}.values())
    rows[Citation] = []
    for kind, model in CITABLE.items():
        cited = some(Citation, 2, **{kind: rows[model], "paragraph": rows[Paragraph]})
        fields = st.sampled_from(citable_columns(model))
        by_key = {
            (getattr(each, kind).ref, draw(fields), id(each.paragraph), each.quote): each
            for each in cited
        }
        for (_ref, field, *_), citation in by_key.items():
            citation.field = field
            rows[Citation].append(citation)
    _settle(draw, rows)
    return rows


def _settle(draw, rows):
    """Draw the values that rest on others of the same or of another row."""
    for model in (ThreatSource, Source):
        for count, row in enumerate(rows[model]):
            setattr(row, model.upper_column, draw(st.sampled_from([None, *rows[model][:count]])))
    for official in rows[Official]:
        official.born, official.died = draw(_periods(dates))
    for model in (Role, Threat, Protection, ProtectionExtension):
        for row in rows[model]:
            row.start, row.end = draw(_periods(ends))
    for protection in rows[Protection]:
        if protection.end == "..":
            protection.end_reason = protection.ended_by = ""
    for paragraph in rows[Paragraph]:
        stated = fingerprint(paragraph.text) if paragraph.text else "0123456789abcdef" * 4
        paragraph.fingerprint = draw(st.sampled_from(["", stated]))


def saved(rows):
    """Write what was drawn."""
    for model in DOMAIN:
        for row in rows[model]:
            row.save(force_insert=True)
