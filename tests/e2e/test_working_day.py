"""A full working day: imported with evidence, decided, cited, extended, reviewed and exported."""

from __future__ import annotations

import pytest

from roster.exchange.bundle import import_bundle
from roster.history.ledger import verify
from roster.models import Changeset, Citation, Protection
from tests.e2e.pages import WINDOWS, faults, window_for_axe
from tests.exchange.conftest import SEED
from tests.working_day import FARROW, prepare, working_day


@pytest.fixture
def desk(live_server, settings, tmp_path):
    settings.ROSTER_HOME = tmp_path
    import_bundle(SEED, reason="Seed.", kind="seed")
    return prepare()


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_a_day_is_worked_to_its_end(browser, live_server, desk, scheme, width):
    context = window_for_axe(
        browser, live_server, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    for moment in working_day(page, desk):
        assert not faults(page, [(scheme, width)]), moment
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
