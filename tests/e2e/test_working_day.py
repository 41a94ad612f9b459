"""A full working day: imported with evidence, decided, cited, extended, reviewed and exported."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from roster.exchange.bundle import import_bundle
from roster.history.ledger import verify
from roster.models import Changeset, Citation, Protection
from tests.e2e.test_accessibility import WCAG
from tests.exchange.conftest import SEED
from tests.working_day import FARROW, prepare, working_day


@pytest.fixture
def desk(live_server, settings, tmp_path):
    settings.ROSTER_HOME = tmp_path
    import_bundle(SEED, reason="Seed.", kind="seed")
    return prepare()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_day_is_worked_to_its_end(browser, live_server, desk, scheme, width):
    context = browser.new_context(
        base_url=live_server.url,
        bypass_csp=True,  # axe brings its own script
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    for moment in working_day(page, desk):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, moment
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert not found.response["violations"], moment
    context.close()

    protection = Protection.objects.get(ref=FARROW)
    assert (protection.level, protection.end) == ("round_the_clock", "2027-03-31")
    assert protection.extensions.get().granted_by == "Interior ministry"
    imported = Changeset.objects.get(kind="import")
    assert imported.user.get_username() == "ada"
    cited = Citation.objects.filter(protection=protection, field="level", quote="since March")
    assert [one.value for one in cited] == ["round_the_clock"]
    assert desk.colleagues.reviews.get().verdict == "approved"
    assert verify().ok
