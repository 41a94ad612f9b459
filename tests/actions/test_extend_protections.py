"""Extending protections: what the new extension says, what is refused, and what is written."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.actions.act_plans import CHANGED_SINCE, MOST_AT_ONCE
from roster.actions.carry_out import NO_REASON
from roster.actions.carry_out_act import ActRefused
from roster.actions.extend_protections import (
    UNKNOWN_END,
    ExtensionTerms,
    extend_protections,
    last_decision,
    plan_extensions,
)
from roster.actions.recite import Passage
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.models import Changeset, Citation, Protection, ProtectionExtension
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
)

pytestmark = pytest.mark.django_db


def protection(name="ann-lee", end="2024-07-18", **values) -> Protection:
    with changeset(reason="Add."):
        return ProtectionFactory(
            ref=f"{name}/protection", official=OfficialFactory(ref=name), end=end, **values
        )


def extension(of: Protection, number=None, **values) -> ProtectionExtension:
    with changeset(reason="Add."):
        given = {"number": number, "end": of.end} | values
        return ExtensionFactory(protection=of, **given)


def extend(*protections: Protection, end="2025-01-18", **values):
    given = {
        name: values.pop(name) for name in ("passage", "as_previewed", "user") if name in values
    }
    return extend_protections(
        [one.pk for one in protections],
        terms=ExtensionTerms(end, **values),
        reason="As decided.",
        **given,
    )


def plan(*protections: Protection, end="2025-01-18", passage=None, **values):
    return plan_extensions(
        [one.pk for one in protections], terms=ExtensionTerms(end, **values), passage=passage
    )


def test_the_end_moves_and_the_decision_is_recorded_in_one_changeset():
    user = User.objects.create_user("bob")
    one = protection()
    extension(
        one,
        number=7,
        ref="ann-lee/protection/7",
        granted_by="The secretary",
        signed_by="The deputy",
        reason="The threat goes on.",
        decided="2024-01-10",
    )
    done = extend(one, decided="2024-07-10", user=user)
    one.refresh_from_db()
    new = ProtectionExtension.objects.get(number=8)
    assert one.end == "2025-01-18"
    assert (new.ref, new.start, new.end) == ("ann-lee/protection/8", "2024-07-19", "2025-01-18")
    assert (new.decided, new.notified) == ("2024-07-10", "")
    assert (new.granted_by, new.signed_by) == ("The secretary", "The deputy")
    assert new.reason == "The threat goes on."
    act = Changeset.objects.latest("position")
    assert (act.position, act.user, act.reason, act.change_count) == (
        done.position,
        user,
        "As decided.",
        2,
    )


def test_what_is_given_goes_before_what_the_last_decision_says():
    one = protection()
    extension(one, granted_by="The secretary", signed_by="The deputy")
    extend(one, granted_by="The new secretary")
    new = ProtectionExtension.objects.latest("pk")
    assert (new.granted_by, new.signed_by) == ("The new secretary", "The deputy")


def test_nothing_is_taken_from_the_last_decision_where_that_is_not_wanted():
    one = protection()
    extension(one, granted_by="The secretary", number=2)
    extend(one, takes_over=False)
    new = ProtectionExtension.objects.latest("pk")
    assert (new.granted_by, new.number) == ("", 3)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], None),
        ([None], None),
        ([3], 4),
        ([5, 7], 8),
        ([8, 7], 9),
    ],
)
def test_the_number_is_the_next_one_and_never_guessed(numbers, expected):
    one = protection()
    for number in numbers:
        extension(one, number=number)
    extend(one)
    assert ProtectionExtension.objects.latest("pk").number == expected


def test_a_lower_number_that_lasts_longer_does_not_give_its_next_one_again():
    one = protection()
    extension(one, number=5, end="2026-01-18", granted_by="The old secretary")
    extension(one, number=6, end="2024-07-18", granted_by="The secretary")
    extend(one)
    new = ProtectionExtension.objects.latest("pk")
    assert (new.number, new.granted_by) == (7, "The secretary")


def test_after_an_extension_without_number_that_lasts_longer_none_is_given():
    one = protection()
    extension(one, number=3, end="2023-07-18")
    extension(one, end="2024-07-18", ref="ann-lee/protection/later")
    made = plan(one)
    assert "its last extension has no number" in " ".join(made.warnings)
    extend(one)
    assert ProtectionExtension.objects.latest("pk").number is None


@pytest.mark.parametrize(
    ("own", "last", "start", "doubt"),
    [
        ("2024-07-18", None, "2024-07-19", None),
        ("2024-07-18", "2024-07-18", "2024-07-19", None),
        ("2024-07-18", "", "2024-07-19", None),
        ("2024-12-31", "2024-12-31", "2025-01-01", None),
        ("2024-07", "2024-07-18", "2024-07-19", None),
        ("2024-07", None, "", "is no single day"),
        ("", None, "", "is no single day"),
        ("2024-07-18/..", None, "", "is no single day"),
        ("2024-07-18", "2024-06", "", "is no single day"),
        ("2024-07-18", "2024-01-18", "", "the protection itself 18 July 2024"),
        ("2024-07-18", "..", "", "is no single day"),
    ],
)
def test_it_starts_the_day_after_the_end_so_far_where_that_is_certain(own, last, start, doubt):
    one = protection(end=own)
    if last is not None:
        extension(one, end=last)
    (subject,) = plan(one).subjects
    assert subject.records[0].record.start == start
    said = " ".join(subject.warnings)
    assert (doubt in said) if doubt else "start" not in said


def test_an_extension_that_reaches_beyond_the_new_end_is_named_in_a_warning():
    one = protection()
    extension(one, number=5, end="2026-01-18", ref="ann-lee/protection/5")
    extension(one, number=6)
    (said,) = plan(one).warnings
    assert "extension 5, ann-lee/protection/5, reaches beyond that day (18 January 2026)" in said


def test_a_start_that_leaves_a_gap_is_taken_with_a_warning():
    (subject,) = plan(protection(), start="2024-07-21").subjects
    assert subject.records[0].record.start == "2024-07-21"
    assert "leaves a gap" in " ".join(subject.warnings)


@pytest.mark.parametrize(
    ("so_far", "new", "taken"),
    [
        ("2024-07-18", "2024-07-19", True),
        ("2024-07-18", "2024-07-18", False),
        ("2024-07-18", "2024-07-17", False),
        ("2024-07-18", "2024-07", True),
        ("2024-07-18", "..", True),
        ("2024-07-18", "2024-07-19/..", True),
        ("2024-07", "2024-07-31", True),
        ("2024-07", "2024-07-01", False),
        ("2024-07", "../2024-07-31", False),
        ("", "2024-07-18", True),
        ("2024-07-18/..", "2025-01-18", True),
        ("2024-07-18/..", "2024-07-18", False),
        ("2024-07-18/..", "2024-07-18/..", False),
        ("..", "2025-01-18", False),
    ],
)
def test_a_new_end_is_taken_that_can_be_later(so_far, new, taken):
    assert plan(protection(end=so_far), end=new).ok is taken


@pytest.mark.parametrize(
    ("so_far", "new", "warned"),
    [
        ("2024-07-18", "2024-07-19", False),
        ("2024-07-18", "2024-07", True),
        ("", "2024-07-18", True),
        ("2024-07-18/..", "2025-01-18", True),
        ("../2024-07-18", "2025-01-18", False),
    ],
)
def test_an_end_that_need_not_be_later_is_taken_with_a_warning(so_far, new, warned):
    said = " ".join(plan(protection(end=so_far), end=new).warnings)
    assert ("need not be later" in said) is warned


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"end_reason": "revoked", "ended_by": "the agency"}, "has ended (revoked by the agency)"),
        ({"end_reason": "expired"}, "has ended (expired)"),
        ({"ended_by": "the agency"}, "has ended (ended by the agency)"),
        ({"end": ".."}, "there is nothing to extend"),
        ({"end": "2025-01-18"}, "lasts until 18 January 2025 already"),
        ({"start": "2026", "end": "2026-07"}, "lasts until July 2026 already"),
        ({"start": "2026-03", "end": ""}, "begins March 2026: give a new end that is later"),
    ],
)
def test_a_protection_that_cannot_be_extended_is_refused_by_name(values, sentence):
    one, other = protection(**values), protection("bo-roe")
    with pytest.raises(ActRefused) as refused:
        extend(one, other)
    (said,) = refused.value.messages
    assert said.startswith("protection:ann-lee/protection ")
    assert sentence in said
    assert not ProtectionExtension.objects.exists()
    assert Protection.objects.get(pk=other.pk).end == "2024-07-18"


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"end": "soon"}, "End: “soon” is not a date that can be read"),
        ({"end": ""}, UNKNOWN_END),
        ({"end": "unknown"}, UNKNOWN_END),
        ({"decided": ".."}, "Decided: “..” is not a date"),
        ({"granted_by": "a\u202eb"}, "Granted by: U+202E"),
    ],
)
def test_terms_that_cannot_be_read_are_refused_once(terms, sentence):
    made = plan(protection(), protection("bo-roe"), **terms)
    (said,) = made.all_refusals
    assert said.startswith(sentence)


def test_a_start_after_the_end_is_refused():
    (said,) = plan(protection(), start="2025-01-19").all_refusals
    assert said.startswith("extension:ann-lee/protection/1, end: The end lies before the start")


def test_none_and_gone_ones_are_refused():
    assert "No protection is chosen" in plan().all_refusals[0]
    assert plan_extensions([10**9], terms=ExtensionTerms("2025")).all_refusals == (
        "One is not there any more: choose each protection again.",
    )


def test_more_than_can_be_looked_at_are_refused():
    made = plan_extensions(range(1, MOST_AT_ONCE + 2), terms=ExtensionTerms("2025"))
    assert "at most 200 are taken at once" in made.all_refusals[0]


def test_a_blank_reason_is_refused():
    with pytest.raises(ActRefused) as refused:
        extend_protections([protection().pk], terms=ExtensionTerms("2025"), reason=" ")
    assert refused.value.messages == [NO_REASON]


def test_what_changed_after_the_preview_is_not_overwritten():
    one = protection()
    digest = plan(one).digest()
    with changeset(reason="Edit."):
        Protection.objects.update(summary="Somebody else wrote this.")
    with pytest.raises(ActRefused) as refused:
        extend(one, as_previewed=digest)
    assert refused.value.messages == [CHANGED_SINCE]
    assert not ProtectionExtension.objects.exists()


def test_the_same_preview_is_carried_out_once():
    one = protection()
    digest = plan(one).digest()
    extend(one, as_previewed=digest)
    with pytest.raises(ActRefused):
        extend(one, as_previewed=digest)
    assert ProtectionExtension.objects.count() == 1


def test_undoing_it_gives_back_the_former_state():
    one = protection()
    extension(one, number=1)
    before = set(ProtectionExtension.objects.values_list()), set(Protection.objects.values_list())
    done = extend(one, passage=Passage(ParagraphFactory(), "until then"))
    undo_changeset(done.position, reason="A mistake.")
    assert before == (
        set(ProtectionExtension.objects.values_list()),
        set(Protection.objects.values_list()),
    )
    assert not Citation.objects.exists()


def test_a_ref_that_was_another_extensions_is_not_given_again():
    one = protection()
    gone = extension(one, ref="ann-lee/protection/1")
    with changeset(reason="Delete."):
        ProtectionExtension.objects.filter(pk=gone.pk).delete()
    extend(one)
    assert ProtectionExtension.objects.get().ref == "ann-lee/protection/2"


def test_queries_are_the_same_for_one_and_for_many():
    one = protection()
    many = [protection(f"official-{n}") for n in range(60)]
    for each in (one, *many):
        extension(each, number=3)
    with changeset(reason="Add."):
        passage = Passage(ParagraphFactory(), "until then")
    with CaptureQueriesContext(connection) as for_one:
        extend(one, passage=passage)
    with CaptureQueriesContext(connection) as for_many:
        extend(*many, passage=passage)
    assert without_batches(for_many) == without_batches(for_one)


def without_batches(queries) -> list[str]:
    """How each statement begins; rows that go into a table in several batches count once."""
    begun = [query["sql"][:24] for query in queries]
    return [one for one, before in zip(begun, ["", *begun], strict=False) if one != before]


def test_the_last_decision_is_the_one_with_the_highest_number():
    one = protection()
    first, second = extension(one, number=2), extension(one, number=1)
    assert last_decision([first, second]) == first
    assert last_decision([]) is None
