"""Opening protections: one for each official, with a warning where one is in force already."""

from __future__ import annotations

import pytest

from roster.actions.act_plans import CHANGED_SINCE
from roster.actions.carry_out_act import ActRefused
from roster.actions.open_protections import ProtectionTerms, open_protections, plan_openings
from roster.actions.recite import Passage
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.models import Citation, Official, Protection
from tests.factories import OfficialFactory, ParagraphFactory, ProtectionFactory

pytestmark = pytest.mark.django_db


def official(ref="ann-lee", **protection) -> Official:
    with changeset(reason="Add."):
        found = OfficialFactory(ref=ref)
        if protection:
            ProtectionFactory(official=found, ref=f"{ref}/protection", **protection)
        return found


def plan(*officials: Official, passage=None, level="part_time", **values):
    keys = [one.pk for one in officials]
    return plan_openings(keys, terms=ProtectionTerms(level, **values), passage=passage)


def start(*officials: Official, passage=None, as_previewed=None, level="part_time", **values):
    return open_protections(
        [one.pk for one in officials],
        terms=ProtectionTerms(level, **values),
        reason="As announced.",
        passage=passage,
        as_previewed=as_previewed,
    )


def test_each_official_gets_a_protection_in_one_changeset():
    some = official(), official("bo-roe")
    done = start(*some, provider="The agency", start="since 2024-07-18", end="..")
    assert list(
        Protection.objects.order_by("ref").values_list("ref", "level", "provider", "start", "end")
    ) == [
        ("ann-lee/protection", "part_time", "The agency", "2024-07-18/..", ".."),
        ("bo-roe/protection", "part_time", "The agency", "2024-07-18/..", ".."),
    ]
    assert done.act.closed.change_count == 2


def test_a_second_one_gets_the_next_ref():
    start(official(end="2020"), start="2024")
    assert Protection.objects.latest("pk").ref == "ann-lee/protection-2"


@pytest.mark.parametrize(
    ("there", "new", "said"),
    [
        ({"start": "2023", "end": ".."}, {"start": "2024-07-18"}, "in force already"),
        ({"start": "2023", "end": "2024-07-18"}, {"start": "2024-07-18"}, "in force already"),
        ({"start": "2023", "end": "2024-07-17"}, {"start": "2024-07-18"}, ""),
        ({"start": "2023", "end": ""}, {"start": "2024-07-18"}, "possibly in force"),
        ({"start": "2023", "end": "2024-07"}, {"start": "2024-07-18"}, "possibly in force"),
        ({"start": "2023", "end": "", "end_reason": "expired"}, {"start": "2024-07-18"}, ""),
        ({"start": "2023", "end": "2024"}, {"start": ""}, "possibly in force"),
    ],
)
def test_an_official_with_one_in_force_is_named(there, new, said):
    made = plan(official(**there), official("bo-roe"), **new)
    assert made.ok
    assert len(made.warnings) == bool(said)
    assert said in " ".join(made.warnings)
    assert all(each.startswith("official:ann-lee has ") for each in made.warnings)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"level": ""}, "Level: "),
        ({"level": "sometimes"}, "Level: “sometimes” is not accepted"),
        ({"start": ".."}, "Start: “..” is not a date"),
        ({"start": "2025", "end": "2024"}, "protection:ann-lee/protection, end: The end lies"),
    ],
)
def test_terms_that_cannot_be_taken_are_refused(given, sentence):
    with pytest.raises(ActRefused) as refused:
        start(official(), **given)
    assert refused.value.messages[0].startswith(sentence)
    assert not Protection.objects.exists()


def test_the_same_preview_is_carried_out_once():
    one = official()
    digest = plan(one).digest()
    start(one, as_previewed=digest)
    with pytest.raises(ActRefused) as refused:
        start(one, as_previewed=digest)
    assert refused.value.messages == [CHANGED_SINCE]
    assert Protection.objects.count() == 1


def test_one_passage_supports_what_each_says_but_what_is_unknown():
    done = start(
        official(),
        level="unknown",
        start="2024",
        passage=Passage(ParagraphFactory(), "guarded since"),
    )
    assert list(Citation.objects.values_list("field", "value")) == [("start", "2024")]
    undo_changeset(done.position, reason="A mistake.")
    assert not Protection.objects.exists()
    assert not Citation.objects.exists()


@pytest.mark.parametrize(("start_day", "is_taken"), [("", True), ("2024", False)])
def test_what_states_no_fact_needs_no_evidence_even_where_that_is_required(
    settings, start_day, is_taken
):
    one = official()
    settings.ROSTER_EVIDENCE = "require"
    assert plan(one, level="unknown", start=start_day).ok is is_taken
    if is_taken:
        start(one, level="unknown", start=start_day)


@pytest.mark.parametrize(
    ("died", "terms", "is_warned"),
    [
        ("2020-03-01", {"start": "2024"}, True),
        ("2020-03-01", {"start": "2019", "end": "2020-03-01"}, False),
        ("2020-03-01", {"start": "2019", "end": "2020-03-02"}, True),
        ("2020", {"start": "2019", "end": ""}, True),
        ("", {"start": "2019", "end": ".."}, False),
    ],
)
def test_a_protection_that_can_outlast_its_official_is_warned_of(died, terms, is_warned):
    with changeset(reason="Add."):
        dead = OfficialFactory(ref="ann-lee", died=died)
    made = plan(dead, **terms)
    assert made.ok
    assert ("official:ann-lee is recorded as dead" in " ".join(made.warnings)) is is_warned
