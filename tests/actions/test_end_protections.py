"""Ending protections: which day, why and by whom; extensions beyond it are named and stay."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from roster.actions.carry_out import WRITTEN_MEANWHILE
from roster.actions.carry_out_act import ActRefused
from roster.actions.end_protections import (
    NO_DAY,
    NO_REASON_TO_END,
    EndTerms,
    end_protections,
    plan_endings,
)
from roster.actions.recite import Passage
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.models import Citation, Protection, ProtectionExtension
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
)

pytestmark = pytest.mark.django_db


def protection(name="ann-lee", end="2025-01-18", **values) -> Protection:
    with changeset(reason="Add."):
        return ProtectionFactory(
            ref=f"{name}/protection", official=OfficialFactory(ref=name), end=end, **values
        )


def terms(end="2024-07-18", end_reason="revoked", ended_by="The agency") -> EndTerms:
    return EndTerms(end, end_reason, ended_by)


def plan(*protections: Protection, passage=None, **values):
    return plan_endings([one.pk for one in protections], terms=terms(**values), passage=passage)


def end(*protections: Protection, passage=None, **values):
    return end_protections(
        [one.pk for one in protections],
        terms=terms(**values),
        reason="As announced.",
        passage=passage,
    )


def test_all_end_in_one_changeset_and_their_extensions_stay():
    some = protection(), protection("bo-roe", end="..")
    with changeset(reason="Add."):
        kept = ExtensionFactory(protection=some[0], end="2025-01-18", number=4)
    done = end(*some)
    assert set(Protection.objects.values_list("end", "end_reason", "ended_by")) == {
        ("2024-07-18", "revoked", "The agency")
    }
    assert ProtectionExtension.objects.get(pk=kept.pk).end == "2025-01-18"
    assert done.act.closed.change_count == 2


@pytest.mark.parametrize(
    ("last", "named"),
    [
        ("2024-07-18", False),
        ("2024-07-19", True),
        ("2024-07", False),
        ("2024-08", True),
        ("..", True),
        ("", False),
        ("../2025", False),
    ],
)
def test_extensions_that_reach_beyond_the_end_are_named(last, named):
    one = protection()
    with changeset(reason="Add."):
        ExtensionFactory(protection=one, end=last, number=4, ref="ann-lee/protection/4")
    said = " ".join(plan(one).warnings)
    assert ("extension 4, ann-lee/protection/4, reaches beyond that day" in said) is named


@pytest.mark.parametrize(
    ("so_far", "warned"), [("2024-07-17", True), ("2024-07-18", False), ("", False), ("..", False)]
)
def test_an_end_after_the_end_so_far_is_taken_with_a_warning(so_far, warned):
    made = plan(protection(end=so_far))
    assert made.ok
    assert ("is earlier" in " ".join(made.warnings)) is warned


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"end_reason": "expired"}, "has ended already (expired, 18 January 2025)"),
        ({"end_reason": "died", "ended_by": "x"}, "has ended already (died by x"),
        ({"start": "2024-07-19"}, "The end lies before the start"),
    ],
)
def test_a_protection_that_cannot_end_so_is_refused_by_name(values, sentence):
    one, other = protection(**values), protection("bo-roe")
    with pytest.raises(ActRefused) as refused:
        end(one, other)
    (said,) = refused.value.messages
    assert said.startswith("protection:ann-lee/protection")
    assert sentence in said
    assert Protection.objects.get(pk=other.pk).end == "2025-01-18"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"end": ""}, NO_DAY),
        ({"end": ".."}, NO_DAY),
        ({"end": "18/07/2024"}, "End: “18/07/2024” is not a date that can be read"),
        ({"end_reason": ""}, NO_REASON_TO_END),
        ({"end_reason": "tired"}, "End reason: “tired” is not accepted"),
    ],
)
def test_terms_that_cannot_be_taken_are_refused_once(given, sentence):
    (said,) = plan(protection(), protection("bo-roe"), **given).all_refusals
    assert said.startswith(sentence)


def test_a_day_of_which_only_the_latest_is_known_is_taken():
    end(one := protection(end=""), end="by 2024-07-18")
    assert Protection.objects.get(pk=one.pk).end == "../2024-07-18"


def test_what_says_so_already_is_no_change():
    (planned,) = plan(protection(end="2024-07-18")).records
    assert [change.column for change in planned.changes] == ["end_reason", "ended_by"]


def test_one_passage_supports_each_fact_and_undo_takes_all_of_it_back():
    one = protection(ended_by="")
    before = list(Protection.objects.values_list())
    done = end(one, passage=Passage(ParagraphFactory(), "no longer"), ended_by="")
    cited = Citation.objects.values_list("field", "value")
    assert set(cited) == {("end", "2024-07-18"), ("end_reason", "revoked")}
    undo_changeset(done.position, reason="A mistake.")
    assert list(Protection.objects.values_list()) == before
    assert not Citation.objects.exists()


def test_what_the_database_refuses_is_said_and_nothing_is_written(monkeypatch):
    one = protection()

    def refuse(records) -> None:
        raise IntegrityError("Somebody else wrote the same.")

    monkeypatch.setattr("roster.actions.carry_out_act._write", refuse)
    with pytest.raises(ActRefused) as refused:
        end(one)
    assert refused.value.messages == [WRITTEN_MEANWHILE]
    assert Protection.objects.get(pk=one.pk).end == "2025-01-18"
