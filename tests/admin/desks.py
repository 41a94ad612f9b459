"""A rich made-up roster for the desk, and what the desk and its lists say of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from roster.dates import PartialDate
from roster.models import Citation, ImportRun, Official, Paragraph, Protection, Threat
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

DAY = date(2024, 2, 29)
NINE = datetime(2024, 2, 29, 9, tzinfo=ZoneInfo("UTC"))
ENDS = ("", "..", "2023/..", "2024-02-29", "2024-03-04", "2024-03", "../2024-03-20", "2024-05-01")


def _day(days):
    return (DAY + timedelta(days=days)).isoformat()


def _possible(start, end):
    return PartialDate(start).earliest <= PartialDate(end).latest


def fill(seed=1, officials=70):
    """Officials with protections, extensions, threats and citations of every sort."""
    at = Random(seed)
    group = ThreatSourceFactory(name="Invented League")
    paragraphs = [
        ParagraphFactory(source=SourceFactory(), number=n, text=text)
        for n, text in enumerate(("The guards stay.", ""), 1)
    ]
    for _ in range(officials):
        official = OfficialFactory()
        for _ in range(at.choice((0, 1, 1, 2))):
            _protection(at, official, paragraphs)
        if at.random() < 0.6:
            status = at.choice(("reported", "credible", "foiled", "withdrawn", "carried_out"))
            end = at.choice(("", "..", "2024-02-28"))
            ThreatFactory(threat_source=group, official=official, status=status, end=end)
    ThreatFactory(threat_source=group, official=None)


def _protection(at, official, paragraphs):
    start = at.choice(("", "2021", "../2022-05", "2023-03-01", _day(-3), _day(40), "2024-02~"))
    ends = [end for end in (*ENDS, _day(400), _day(60)) if _possible(start, end)]
    end = at.choice(ends)
    protection = ProtectionFactory(official=official, start=start, end=end)
    if at.random() < 0.5:
        ExtensionFactory(protection=protection, end=at.choice(("2024-02-28", "2023", "2025", "")))
    for stance in at.choice(((), ("supports",), ("supports", "disputes"))):
        Citation.objects.create(
            protection=protection,
            field="level",
            paragraph=at.choice(paragraphs),
            quote=f"{at.choice(('The guards', 'No such words'))}{' stay' * (stance == 'supports')}",
            value=at.choice(("part_time", "part_time", "event")),
            stance=stance,
        )


def under_way(user):
    return ImportRun.objects.create(
        user=user, stem="officials", file_name="o.csv", reason="Why.", token="t", begun_at=NINE
    )


def sections_of(response):
    """The sections of the desk by their keys."""
    return {
        one.key: one for one in [*response.context["sections"], *response.context["own_sections"]]
    }


def numbers_of(response):
    """Every number of the desk, by section and label."""
    return {
        (key, number.label): number.count
        for key, section in sections_of(response).items()
        for number in section.numbers
    }


def rows_listed(client, url):
    """How many rows there are on all pages of the list at an address."""
    response = client.get(url)
    assert response.status_code == 200
    if "cl" in response.context:
        listing = response.context["cl"]
        pages = range(1, listing.paginator.num_pages + 1)
        return sum(len(_also(client, url, p=n).context["cl"].result_list) for n in pages)
    if "queue" in response.context:
        return _rows_to_review(client, url)
    pages = range(1, response.context["page"].paginator.num_pages + 1)
    return sum(len(_also(client, url, p=n).context.get("entries", ())) for n in pages)


def _also(client, url, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return client.get(f"{url}{'&' if '?' in url else '?'}{query}")


def _rows_to_review(client, url):
    count, after = 0, 0
    while after is not None:
        context = _also(client, url, after=after).context
        count, after = count + len(context["rows"]), context["next_after"]
    return count


def rename_official():
    Official.objects.filter(pk=Threat.objects.exclude(official=None).first().official_id).update(
        ref="renamed"
    )


def give_a_text():
    Paragraph.objects.filter(text="").update(text="No such words, and the guards stay.")


def move_a_threat():
    threat, other = Threat.objects.exclude(official=None).first(), Official.objects.last()
    Threat.objects.filter(pk=threat.pk).update(official=other)


def move_an_extension():
    first, last = Protection.objects.first(), Protection.objects.last()
    first.extensions.all().delete()
    last.extensions.update(protection=first)


def end_protections():
    Protection.objects.filter(end="..").update(end="2024-06-01")


def delete_a_protection():
    uncited = Protection.objects.filter(citations=None, extensions=None)
    uncited.filter(pk=uncited.first().pk).delete()


def cite_otherwise():
    Citation.objects.filter(pk=Citation.objects.last().pk).update(value="Nothing of that sort.")


def uncite():
    Citation.objects.filter(pk=Citation.objects.first().pk).delete()


def add_an_official():
    ProtectionFactory(official=OfficialFactory(), start="2020", end="..")


WRITES = (
    rename_official,
    give_a_text,
    move_a_threat,
    move_an_extension,
    end_protections,
    delete_a_protection,
    cite_otherwise,
    uncite,
    add_an_official,
)
"""Writes of every sort, each of which alters some number of the desk or might."""
