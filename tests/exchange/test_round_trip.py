"""Any roster, exported, wiped and imported, comes out again in the same bytes."""

import io

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.exports import export_csv
from roster.exchange.runs import import_csv
from roster.models import Change, Official
from roster.text.characters import forbidden_character
from tests.exchange.bundles import contents
from tests.exchange.conftest import wipe
from tests.exchange.rosters import HOSTILE, rosters, saved

pytestmark = pytest.mark.django_db


def examples(count):
    return settings(
        max_examples=count,
        phases=(Phase.generate,),  # to make a failing roster smaller takes minutes
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )


@pytest.fixture
def folder(tmp_path_factory):
    """Make a new folder; hypothesis runs a test many times with one fixture."""
    return lambda: tmp_path_factory.mktemp("roster")


def imported(path):
    outcome = import_bundle(path, reason="Back again.")
    assert outcome.ok, [report.errors for report in outcome.files if report.errors]
    return outcome


@examples(40)
@given(rows=rosters(), ending=st.sampled_from(["", ".zip"]))
def test_export_wipe_import_export_gives_the_same_bytes(rows, ending, folder):
    first, second = folder() / f"first{ending}", folder() / f"second{ending}"
    wipe()
    saved(rows)
    export_bundle(first)
    wipe()

    imported(first)

    export_bundle(second)
    if ending:
        assert second.read_bytes() == first.read_bytes()
    else:
        assert contents(second) == contents(first)


@examples(15)
@given(rows=rosters())
def test_importing_a_bundle_where_it_comes_from_changes_nothing(rows, folder):
    path = folder() / "bundle"
    wipe()
    saved(rows)
    export_bundle(path)
    before = Change.objects.count()

    assert imported(path).changeset is None
    assert Change.objects.count() == before


@examples(15)
@given(rows=rosters().filter(lambda rows: rows[Official]))
def test_the_bundle_of_any_official_is_a_roster_of_its_own(rows, folder):
    first, second = folder() / "first", folder() / "second"
    wipe()
    saved(rows)
    export_bundle(first, officials=[rows[Official][0].ref])
    wipe()

    imported(first)

    export_bundle(second)
    assert contents(second) == contents(first)


@pytest.mark.parametrize("text", [text for text in HOSTILE if not forbidden_character(text)])
def test_a_hostile_name_survives(text):
    Official.objects.create(ref="x", name=text, aliases=[text])
    out = io.StringIO(newline="")
    export_csv("officials", out)
    Official.objects.all().delete()

    report = import_csv("officials", out.getvalue().encode(), reason="Back.")

    assert report.ok, report.errors
    official = Official.objects.get(ref="x")
    assert (official.name, official.aliases) == (text, (text,))
