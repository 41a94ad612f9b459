"""Any roster, exported, wiped and imported, comes out again in the same bytes."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.runs import export_csv, import_csv
from roster.models import (
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.text.characters import forbidden_character
from tests.exchange.conftest import wipe

HOSTILE = [
    "=1+1", "+1", "-1", "@x", "\t=1", "a,b", 'say "hi"', "a;b", "'quoted'", "a|b", "a\\|b\\",
    "  padded  ", "two\nlines", "\n", "\t", "<b>x</b>", "naïve ﬁ Ω", "e\u0301", "𐍈", "0", "NULL",
    "None", "unknown", "..", "#REF!", "1e9", "2020-01-01",
]  # fmt: skip


ALPHABET = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Zl", "Zp"))


def texts(max_size, *, multiline):
    """Text as a field may hold it, hostile to spreadsheets and parsers."""
    allowed = [text for text in HOSTILE if not forbidden_character(text, multiline=multiline)]
    return st.sampled_from(allowed) | st.text(ALPHABET, max_size=max_size)


lines = texts(30, multiline=False)
names = lines.filter(bool)
prose = texts(60, multiline=True)
days = st.dates(date(1, 1, 2), date(9999, 12, 30))
dates = st.just("") | st.one_of(
    days.map(str),
    days.map(lambda day: str(day)[:7] + "~"),
    days.map(lambda day: f"../{day}"),
    days.map(lambda day: f"{day}/.."),
    days.map(lambda day: f"{day}/{day + timedelta(days=1)}"),
)
pasts = st.sampled_from(["", "../2020", "2019~", "2018-02-03"])
ends = st.sampled_from(["", "..", "2021/..", "2030-01", "2022/2023"])
aliases = st.lists(lines.filter(bool), max_size=3)
numbers = st.none() | st.integers(1, 2_147_483_647)


def build(draw):
    """One row of each kind, two of those that name their own kind."""
    parent = ThreatSource.objects.create(ref="z-parent", name=draw(names), kind="state")
    threat_source = ThreatSource.objects.create(
        ref="a-child", name=draw(names), kind="group", parent=parent, summary=draw(prose)
    )
    official = Official.objects.create(
        ref="an-official", name=draw(names), honorific=draw(lines), aliases=draw(aliases),
        country="IR", born=draw(dates), summary=draw(prose),
    )  # fmt: skip
    role = Role.objects.create(
        ref="an-official/role", official=official, title=draw(names), organization=draw(lines),
        start=draw(pasts), end=draw(ends), summary=draw(prose),
    )  # fmt: skip
    threat = Threat.objects.create(
        ref="a-threat", threat_source=threat_source, kind="plot", status="foiled",
        official=draw(st.sampled_from([None, official])), motive=draw(prose),
    )  # fmt: skip
    protection = Protection.objects.create(
        ref="an-official/protection", official=official, level="event", provider=draw(lines),
        reason=draw(prose), start=draw(pasts), end=draw(ends),
    )  # fmt: skip
    extension = ProtectionExtension.objects.create(
        ref="an-official/protection/1", protection=protection, number=draw(numbers),
        decided=draw(dates), granted_by=draw(lines), reason=draw(prose), end=draw(ends),
    )  # fmt: skip
    old = Source.objects.create(ref="z-old", title=draw(names), published=draw(dates))
    source = Source.objects.create(
        ref="a-new", title=draw(names), supersedes=old, url="https://example.org/?a=1,2&b=\"",
        language="fa", reliability="B",
    )  # fmt: skip
    paragraph = Paragraph.objects.create(source=source, number=1, text=draw(prose))
    records = {
        "official": (official, "name"), "role": (role, "start"),
        "threat_source": (threat_source, "parent"), "threat": (threat, "official"),
        "protection": (protection, "end"), "extension": (extension, "number"),
    }  # fmt: skip
    for kind, (record, field) in records.items():
        for quote in {draw(prose), draw(prose)}:
            Citation.objects.create(
                **{kind: record}, field=field, paragraph=paragraph, quote=quote,
                stance="disputes", credibility="3", value=draw(prose), note=draw(prose),
            )  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.data())
def test_export_wipe_import_export_gives_the_same_bytes(drawn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("roster")
    wipe()
    build(drawn.draw)
    export_bundle(folder / "first")
    wipe()

    outcome = import_bundle(folder / "first", reason="Back again.")

    assert outcome.ok, [report.errors for report in outcome.files if report.errors]
    export_bundle(folder / "second")
    for path in (folder / "first").iterdir():
        assert path.read_bytes() == (folder / "second" / path.name).read_bytes()


@pytest.mark.django_db
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
