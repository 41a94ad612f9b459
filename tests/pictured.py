"""What the pictures show beside the seed: an invented official and a notice about her.

The people and the words are made up. Imported only after Django is set up.
"""

from __future__ import annotations

from django.contrib.auth.models import User

from roster.history.changesets import changeset
from roster.models import (
    Citation,
    Official,
    Paragraph,
    Protection,
    Source,
    Threat,
    ThreatSource,
)
from roster.provenance.documents import read_document
from roster.provenance.fingerprints import fingerprint

NOTICE = """\
The interior ministry said on Monday that Odile Farrow, who chaired the grain commission until
2021, has been guarded around the clock since March. Two earlier requests had been refused.

A letter that reached the commission in January named her and two of her deputies. Police treat it
as the work of a group that calls itself the Harrow League.

The league denies it: “We have never written to anyone,” its spokesman said.

The ministry did not say what the guard costs, nor for how long it was granted.
"""
CITED = (
    ("official", "name", 1, "Odile Farrow", "supports"),
    ("protection", "level", 1, "guarded around the clock", "supports"),
    ("protection", "provider", 1, "The interior ministry said", "supports"),
    ("protection", "start", 1, "since March", "supports"),
    ("threat_source", "name", 2, "the Harrow League", "supports"),
    ("threat_source", "kind", 2, "a group that calls itself", "supports"),
    ("threat", "threat_source", 2, "the work of a group", "supports"),
    ("threat", "official", 2, "named her", "supports"),
    ("threat", "kind", 2, "A letter that reached the commission", "supports"),
    ("threat", "kind", 3, "We have never written to anyone", "disputes"),
    ("threat", "status", 2, "Police treat it", "supports"),
)


def read_notice(analyst: User) -> None:
    """Add the notice and what rests on it, then change a cited value."""
    with changeset(reason="The ministry's notice of Monday.", user=analyst, kind="edit"):
        source = Source.objects.create(
            ref="2026-03-09-farrow",
            title="Notice on the guard of a former commissioner",
            publisher="Harbour Gazette",
            published="2026-03-09",
            language="en",
            reliability="B",
        )
        paragraphs = [
            Paragraph.objects.create(
                source=source, number=number, text=text, fingerprint=fingerprint(text)
            )
            for number, text in enumerate(read_document(NOTICE).paragraphs, 1)
        ]
        official = Official.objects.create(ref="odile-farrow", name="Odile Farrow")
        league = ThreatSource.objects.create(
            ref="harrow-league", name="Harrow League", kind="group"
        )
        records = {
            "official": official,
            "threat_source": league,
            "threat": Threat.objects.create(
                ref="harrow-league/intent/odile-farrow",
                threat_source=league,
                official=official,
                kind="intent",
                status="reported",
            ),
            "protection": Protection.objects.create(
                ref="odile-farrow/protection",
                official=official,
                level="round_the_clock",
                provider="Interior ministry",
                start="2026-03",
            ),
        }
        for kind, field, number, quote, stance in CITED:
            record = records[kind]
            Citation.objects.create(
                **{kind: record},
                field=field,
                paragraph=paragraphs[number - 1],
                quote=quote,
                stance=stance,
                credibility="2",
                value=record.cell(field),
            )
    protection = records["protection"]
    with changeset(reason="The ministry now speaks of weekdays.", user=analyst, kind="edit"):
        protection.level = "part_time"
        protection.authority = "Order of 9 March"
        protection.save()
