"""Records with citations, and forms sent with what was answered about them."""

from __future__ import annotations

from tests.admin.pages import change_page, form_on
from tests.factories import CitationFactory, ParagraphFactory, SourceFactory

TEXT = "A detail has guarded her at events – “and nowhere else” – since that year."
LACKING = (
    "protection:ann/protection, level: event has no current citation: cite the passage that it "
    "rests on, or leave the field as it was."
)


def paragraph(text=TEXT, **values):
    return ParagraphFactory(source=SourceFactory(title="A notice"), text=text, **values)


def cite(record, column, **values):
    """A citation of what the record's field says now."""
    return CitationFactory(
        **{"official": None, record.record_kind: record},
        field=column,
        **{"value": record.cell(column), **values},
    )


def answer(citation, outcome, **passage):
    """What a form sends about one citation."""
    values = {"outcome": outcome, **passage}
    return {f"citation-{citation.pk}-{name}": value for name, value in values.items()}


def box(place, quote="", credibility=""):
    """What a form sends as the passage that new values rest on."""
    values = {"paragraph": place.pk, "quote": quote, "credibility": credibility}
    return {f"evidence-{name}": value for name, value in values.items()}


def send_change(client, record, **values):
    """Send the record's form, and the rows in place on it, with changed values and answers."""
    url = change_page(record)
    held = form_on(client.get(url)) | {"change_reason": ["A new notice"], "_save": "Save"}
    return client.post(url, held | values)
