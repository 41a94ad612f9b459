"""The pictures of README and docs, taken from the running product on the seed and one
invented notice.

`.venv/bin/python -m tests.pictures` replaces those in docs/pictures. It needs a Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path

from tests import chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "for-the-pictures-only"
WIDE, NARROW = 1280, 360
# Name of the file, address, width, colours.
PICTURES = (
    ("protected", "/protected/?on=2024-07-18", WIDE, "light"),
    ("official", "/roster/official/{pompeo}/change/", WIDE, "light"),
    ("officials-dark", "/roster/official/", WIDE, "dark"),
    ("source", "/roster/source/{source}/change/", WIDE, "light"),
    ("reader", "/roster/source/{notice}/read/", WIDE, "light"),
    ("stale", "/roster/protection/{farrow}/change/#evidence-of-level", WIDE, "light"),
    ("review", "/review/{reviewed}/", WIDE, "light"),
    ("queue", "/evidence/", WIDE, "light"),
    ("changeset", "/roster/changeset/{seed}/change/", WIDE, "light"),
    ("protected-narrow", "/protected/?on=2024-07-18", NARROW, "light"),
)


def main() -> int:
    """Take every picture; 1 where there is no Chromium to take them with."""
    if chromium.executable() is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="roster-pictures-") as home:
        os.environ |= {"ROSTER_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.pop("DATABASE_URL", None)
        rows = _seeded_roster()
        _take(_serving(), rows)
    return 0


def _seeded_roster() -> dict[str, int]:
    """A fresh roster with the seed and one account; the keys of the rows that are shown."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from roster.history.changesets import changeset
    from roster.management.commands.serve import seed_empty_roster
    from roster.models import Changeset, Official, Source
    from tests.pictured import read_notice

    call_command("migrate", verbosity=0)
    seed_empty_roster()
    with changeset(reason="Account for the pictures.", kind="command"):
        User.objects.create_superuser("analyst", password=PASSWORD)
        colleague = User.objects.create_superuser("colleague", password=PASSWORD)
    return read_notice(colleague) | {
        "pompeo": Official.objects.get(ref="mike-pompeo").pk,
        "source": Source.objects.get(ref__startswith="2024").pk,
        "seed": Changeset.objects.get(kind="seed").pk,
    }


def _serving() -> str:
    """Serve in the background until this process ends; the address."""
    from django.core.wsgi import get_wsgi_application
    from waitress.server import create_server

    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def _take(address: str, rows: dict[str, int]) -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), chromium_sandbox=os.geteuid() != 0
        )
        for name, path, width, scheme in PICTURES:
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                locale="en-GB",
            )
            page = context.new_page()
            page.goto("/login/")
            page.get_by_label("Username").fill("analyst")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            page.goto(path.format(**rows))
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
