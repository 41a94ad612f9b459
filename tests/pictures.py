"""The pictures of README and docs, taken from the running product on the seed, one invented
notice, and the working day that is also tested.

`.venv/bin/python -m tests.pictures` replaces those in docs/pictures. It needs a Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.working_day import Desk

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDE, NARROW = 1280, 360
# Name of the file, address, width, colours.
PICTURES = (
    ("protected", "/protected/?on=2024-07-18", WIDE, "light"),
    ("timeline", "/timeline/", WIDE, "light"),
    ("desk-dark", "/", WIDE, "dark"),
    ("official-narrow", "/roster/official/{farrow_herself}/change/", NARROW, "dark"),
    ("stale", "/roster/protection/{farrow}/change/#evidence-of-level", WIDE, "light"),
    ("queue", "/evidence/", WIDE, "light"),
    ("changeset", "/roster/changeset/{seed}/change/", WIDE, "light"),
)


def main() -> int:
    """Take every picture; 1 where there is no Chromium to take them with."""
    if chromium.executable() is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="roster-pictures-") as home:
        os.environ |= {"ROSTER_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.pop("DATABASE_URL", None)
        desk = _seeded_roster()
        _take(_serving(), desk)
    return 0


def _seeded_roster() -> Desk:
    """A fresh roster with the seed and the desk as a day begins."""
    import django

    django.setup()
    from django.core.management import call_command

    from roster.management.commands.serve import seed_empty_roster
    from tests.working_day import prepare

    call_command("migrate", verbosity=0)
    seed_empty_roster()
    return prepare()


def _serving() -> str:
    """Serve in the background until this process ends; the address."""
    from django.core.wsgi import get_wsgi_application
    from waitress.server import create_server

    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def _take(address: str, desk: Desk) -> None:
    from playwright.sync_api import sync_playwright

    from tests.e2e.pages import sign_in
    from tests.working_day import working_day

    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop here
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), chromium_sandbox=os.geteuid() != 0
        )

        def page_of(width: int, scheme: Literal["light", "dark"]) -> Page:
            return browser.new_page(
                base_url=address,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                locale="en-GB",
            )

        for name, path, width, scheme in PICTURES:
            page = page_of(width, scheme)
            page.goto("/")
            sign_in(page, "ada")
            page.goto(path.format(**_rows()))
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        page = page_of(WIDE, "light")
        for moment in working_day(page, desk):
            page.screenshot(path=FOLDER / f"day-{moment}.png")
        browser.close()


def _rows() -> dict[str, int]:
    """The keys of the rows whose pages are pictured."""
    from roster.models import Changeset, Official, Protection

    return {
        "farrow_herself": Official.objects.get(ref="odile-farrow").pk,
        "seed": Changeset.objects.get(kind="seed").pk,
        "farrow": Protection.objects.get(ref="odile-farrow/protection").pk,
    }


if __name__ == "__main__":
    sys.exit(main())
