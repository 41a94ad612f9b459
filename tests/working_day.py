"""A full working day in a browser, moment by moment: tested, and pictured for the guide.

The people and the words that are not of the seed are made up. Imported only after Django is set up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import Page, expect

from roster.admin.display import page_url, reader_url, row_url
from roster.exchange.exports import export_csv
from roster.history.changesets import changeset
from roster.models import Changeset, Official, Protection, Source
from tests.e2e.pages import PASSWORD, follow, sign_in
from tests.pictured import read_notice

NOTICE = "2026-03-09-farrow"
FARROW = "odile-farrow/protection"
POMPEO = "mike-pompeo/protection"


@dataclass(frozen=True)
class Desk:
    """What lies on the desk in the morning: the file sent in, and a colleague's changeset."""

    file: bytes
    colleagues: Changeset


def prepare() -> Desk:
    """Two colleagues, a file that one of them sent, and a row that the other changed meanwhile.

    The roster holds the seed. Ada reviews too; whatever Ben sets of a protection awaits a review.
    """
    with changeset(reason="Accounts of the office.", kind="command"):
        ada, ben = (
            User.objects.create_user(name, password=PASSWORD, is_staff=True)
            for name in ("ada", "ben")
        )
        ada.groups.set(Group.objects.filter(name__in=["Analyst", "Reviewer"]))
        ben.groups.set(Group.objects.filter(name="Analyst"))
    read_notice(ben)
    file = _sent()
    with changeset(user=ben, reason="The ministry called: only at events.") as act:
        protection = Protection.objects.get(ref=FARROW)
        protection.level = "event"
        protection.save()
    return Desk(file, act.closed)


def _sent() -> bytes:
    """Farrow's and Pompeo's protections as exported, then edited, with the passage for it."""
    out = io.StringIO()
    export_csv("protections", out, versions=True)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    edited = io.StringIO()
    writer = csv.DictWriter(
        edited,
        ["ref", "level", "authority", "_version", "cite_source", "cite_paragraph", "cite_quote"],
        extrasaction="ignore",
    )
    writer.writeheader()
    for row in rows:
        if row["ref"] == FARROW:
            passage = {"cite_source": NOTICE, "cite_paragraph": 1, "cite_quote": "since March"}
            writer.writerow({**row, "level": "round_the_clock"} | passage)
    return edited.getvalue().encode()


def working_day(page: Page, desk: Desk) -> Iterator[str]:
    """Ada's day, from signing in to the evening's export; names each moment as it is on screen."""
    page.goto("/")
    sign_in(page, "ada")
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()
    yield "desk"

    yield from _imports_what_was_sent(page, desk)
    yield from _cites_a_passage(page)
    yield from _extends_a_protection(page)
    yield from _reviews_what_a_colleague_did(page, desk)
    yield from _exports_what_holds_now(page)


def _imports_what_was_sent(page: Page, desk: Desk) -> Iterator[str]:
    """One row is in conflict: Ben changed it after the export."""
    page.goto(page_url(Protection, "changelist"))
    follow(page.get_by_role("link", name="Import", exact=True))
    page.get_by_label("CSV or Excel file").set_input_files(
        {"name": "from-the-ministry.csv", "mimeType": "text/csv", "buffer": desk.file}
    )
    follow(page.get_by_role("button", name="Preview"))
    page.get_by_label("Take the file’s").check()
    yield "import-conflict"
    follow(page.get_by_role("button", name="Save these choices"))
    follow(page.get_by_role("link", name="changed").first)
    page.get_by_label("Why?").fill("The ministry's list of today, which is later than the call")
    yield "import-preview"
    follow(page.get_by_role("button", name="Import 1 row"))
    expect(page.get_by_text("“from-the-ministry.csv” is imported")).to_be_visible()


def _cites_a_passage(page: Page) -> Iterator[str]:
    """What nobody had cited yet: who is guarded, in the ministry's own words."""
    page.goto(reader_url(Source.objects.get(ref=NOTICE)))
    page.locator("#p4").get_by_role("link", name="Cite").click()
    form = page.get_by_role("form", name="Cite paragraph 4")
    form.get_by_label("Words", exact=True).fill("nor for how long it was granted")
    form.get_by_label("Record").fill(f"protection:{FARROW}")
    form.get_by_label("Field").select_option("start")
    expect(form.locator(".value-now")).to_have_text("It says: March 2026")
    form.get_by_label("Why?").fill("The end is not known, and says so")
    yield "reader"
    follow(form.get_by_role("button", name="Cite", exact=True))
    expect(page.locator("#p4 mark")).to_have_text("nor for how long it was granted")


def _extends_a_protection(page: Page) -> Iterator[str]:
    """What the ministry granted, with its own words, from the page of the official."""
    page.goto(row_url(Official.objects.get(ref="odile-farrow")))
    yield "official"
    follow(page.get_by_role("link", name=f"Extend {FARROW}"))
    page.get_by_label("New end").fill("2027-03-31")
    page.get_by_label("Granted by").fill("Interior ministry")
    page.get_by_label("Paragraph").fill(f"{NOTICE}#1")
    page.get_by_label("Quote").fill("guarded around the clock since March")
    page.get_by_label("Why?").fill("Granted for another year")
    follow(page.get_by_role("button", name="Preview"))
    yield "extend"
    follow(page.get_by_role("button", name="Extend a protection"))
    expect(page.get_by_text("1 protection is extended; the new end is 31 March")).to_be_visible()
    follow(page.get_by_role("link", name="Timeline", exact=True))
    expect(page.get_by_text("Definitely covered until 31 March 2027, then not")).to_be_visible()
    yield "timeline"


def _reviews_what_a_colleague_did(page: Page, desk: Desk) -> Iterator[str]:
    page.goto(reverse("admin:review_changeset", args=[desk.colleagues.pk]))
    yield "review"
    follow(page.get_by_role("button", name="Approve"))
    expect(page.locator(".messagelist .success")).to_be_visible()


def _exports_what_holds_now(page: Page) -> Iterator[str]:
    page.goto(page_url(Protection, "changelist"))
    follow(page.get_by_role("link", name="Export", exact=True))
    yield "export"
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    rows = csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8")))
    exported = {row["ref"]: row for row in rows}
    assert exported[FARROW]["level"] == "round_the_clock"
