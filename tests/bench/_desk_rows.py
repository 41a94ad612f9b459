"""The rows of a roster to measure lists on, made up from their numbers and the day of the run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from roster.text.folding import search_key

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = datetime.now(tz=UTC).date()
RARE, BROAD = "quibblewick", "mara"
"""A word of one row of each table, and one of every fourth."""
RARE_ROW = 500
EXTENSIONS_A_PROTECTION = 10
PARAGRAPHS_A_SOURCE = 25
THREAT_SOURCES = 1_000
"""How many of them threaten anyone, and are cited."""
_SYLLABLES = ("ba", "dre", "fo", "gi", "ha", "ju", "ke", "lo", "nu", "pe", "ri", "so", "ti", "ve")
_GUARDS = ("Guards of the State", "Police of the Capital", "Service of Escorts", "")

Values = dict[str, Any]


def _word(n: int, syllables: int) -> str:
    """A name that is as good as made up by chance, the same for the same number."""
    scattered = n * 2_654_435_761 % 2**32
    found = ""
    for _ in range(syllables):
        scattered, one = divmod(scattered, len(_SYLLABLES))
        found += _SYLLABLES[one]
    return found.capitalize()


def _name(n: int) -> str:
    given = RARE if n == RARE_ROW else BROAD if n % 4 == 0 else _word(n, 2)
    return f"{given.capitalize()} {_word(n * 7 + 3, 4)}"


def _day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def _period(n: int) -> Values:
    """Of ten: three open, one unknown, one that may be over, four over, one that ends soon."""
    start = _day(-400 - n % 3_000)
    ends = ("..", "..", "..", "", f"{_day(-30)}/..", *[_day(-1 - n % 399)] * 4, _day(n % 120))
    return {"start": start, "end": ends[n % 10]}


def official(n: int) -> Values:
    name, alias = _name(n), f"{_word(n, 3)} {_word(n + 5, 3)}"
    return {
        "ref": f"official-{n}",
        "name": name,
        "honorific": "Dr" if n % 5 == 0 else "",
        "aliases": alias,
        "country": ("US", "FR", "CH", "NL")[n % 4],
        "born": f"{1_930 + n % 60}~",
        "died": "",
        "summary": "A summary in our own words of a few dozen characters, more or less.",
        "search_key": search_key(name, alias),
    }


def role(n: int) -> Values:
    title = f"{_name(n).split()[0]} of {_word(n, 3)}"
    return {
        "ref": f"official-{n}/role",
        "official_id": n,
        "title": title,
        "organization": f"Office of {_word(n % 300, 2)}",
        **_period(n + 3),
        "summary": "",
    }


def threat_source(n: int) -> Values:
    name = f"{_name(n)} Circle"
    return {
        "ref": f"source-of-threats-{n}",
        "name": name,
        "kind": ("group", "organization", "state", "individual")[n % 4],
        "country": "",
        "parent_id": None,
        "summary": "",
        "search_key": search_key(name),
    }


def threat(n: int) -> Values:
    return {
        "ref": f"threat-{n}",
        "threat_source_id": n % THREAT_SOURCES + 1,
        "official_id": n if n % 10 else None,
        "kind": ("intent", "plot", "attack", "other")[n % 4],
        "status": ("reported", "credible", "foiled", "carried_out", "withdrawn")[n % 5],
        "motive": f"Revenge for {_word(n, 3)}, as {_name(n).split()[0]} said.",
        **_period(n + 7),
        "summary": "",
    }


def protection(n: int) -> Values:
    period = _period(n)
    over = period["end"] not in ("..", "") and n % 2
    return {
        "ref": f"official-{n}/protection",
        "official_id": n,
        "level": ("round_the_clock", "part_time", "event", "unknown")[n % 4],
        "provider": _GUARDS[n % len(_GUARDS)],
        "authority": f"Law of {_name(n).split()[0]}, section {n % 40}",
        "reason": "Threats that were held to be credible.",
        **period,
        "end_reason": ("expired", "revoked")[n // 2 % 2] if over else "",
        "ended_by": "",
        "summary": "",
    }


def extension(n: int) -> Values:
    protected, number = divmod(n - 1, EXTENSIONS_A_PROTECTION)
    begun = (number - EXTENSIONS_A_PROTECTION) * 180 + protected % 200
    return {
        "ref": f"official-{protected + 1}/protection/{number + 1}",
        "protection_id": protected + 1,
        "number": number + 1,
        "decided": _day(begun - 10),
        "notified": _day(begun - 9),
        "start": _day(begun),
        "end": f"{_day(begun + 180)}" if number % 5 else "",
        "granted_by": "Office of Escorts",
        "signed_by": "Head of the Office",
        "reason": "Threats that were held to be credible.",
        "summary": "A summary in our own words of a few dozen characters, more or less.",
    }


def source(n: int) -> Values:
    return {
        "ref": f"report-{n}",
        "title": f"Report on {_name(n)}",
        "publisher": f"Gazette of {_word(n % 50, 2)}",
        "published": _day(-n % 3_000 - 3_000),
        "url": "",
        "language": "en",
        "retrieved": "",
        "reliability": "ABCDEF"[n % 6],
        "supersedes_id": None,
        "summary": "",
    }


def paragraph(n: int) -> Values:
    source, number = divmod(n - 1, PARAGRAPHS_A_SOURCE)
    name = _name(n)
    text = f"In invented report {n} {name} is said to be guarded; who pays is known to the office."
    return {
        "source_id": source + 1,
        "number": number + 1,
        "summary": f"What is said of {name}.",
        "fingerprint": "",
        "text": text if n % 10 else "",
    }


_CITED: dict[str, tuple[Callable[[int], Values], tuple[str, ...]]] = {
    "official": (official, ("name", "country", "born", "aliases")),
    "role": (role, ("title", "organization", "start")),
    "threat_source": (threat_source, ("name", "kind")),
    "threat": (threat, ("kind", "status", "motive", "start")),
    "protection": (protection, ("level", "authority", "start", "reason")),
    "extension": (extension, ("decided", "start", "granted_by")),
}


def citation(n: int, paragraphs: int) -> Values:
    """Two of a field; one in 20 stale, one in 50 unanchored, one in 40 disputes, or is disputed."""
    pair = (n - 1) // 2
    kind = list(_CITED)[pair % len(_CITED)]
    key = pair // len(_CITED) % THREAT_SOURCES + 1
    row, columns = _CITED[kind]
    column = columns[(pair // len(_CITED) + pair // len(_CITED) // THREAT_SOURCES) % len(columns)]
    quote = "no such words" if n % 50 == 7 else "is said to be guarded"
    return {
        **{f"{one}_id": key if one == kind else None for one in _CITED},
        "field": column,
        "paragraph_id": n % paragraphs + 1,
        "quote": RARE if n == RARE_ROW else quote,
        "stance": "disputes" if n % 40 == 0 else "supports",
        "credibility": "123456"[n % 6],
        "value": "another value" if n % 20 == 3 else row(key)[column],
        "note": "",
        "anchor_quote": "",
        "anchor_words": "",
    }
