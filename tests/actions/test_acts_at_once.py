"""Acts on the same records at the same moment: one is carried out, the others are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from roster.actions.act_plans import CHANGED_SINCE
from roster.actions.carry_out_act import ActRefused
from roster.actions.end_protections import EndTerms, end_protections
from roster.actions.extend_protections import (
    ExtensionTerms,
    extend_protections,
    plan_extensions,
)
from roster.actions.open_protections import ProtectionTerms, open_protections, plan_openings
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Official, Protection, ProtectionExtension
from tests.factories import ExtensionFactory, OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = ExtensionTerms("2025-01-18")


@pytest.fixture
def keys() -> list[int]:
    with changeset(reason="Add."):
        rows = [ProtectionFactory(end="2024-07-18") for _ in range(3)]
        for row in rows:
            ExtensionFactory(protection=row, number=3, end=row.end)
    return [row.pk for row in rows]


def at_once(*acts) -> list[list[str]]:
    """What each act was refused with, all begun at the same moment."""
    ready = Barrier(len(acts))

    def carry_out(act) -> list[str]:
        try:
            ready.wait()
            act()
        except ActRefused as refused:
            return refused.messages
        finally:
            connections.close_all()
        return []

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(carry_out, acts))


def test_of_two_who_confirm_the_same_extension_one_is_told_that_it_changed(keys):
    digest = plan_extensions(keys, terms=UNTIL).digest()

    def extend() -> None:
        extend_protections(keys, terms=UNTIL, reason="As decided.", as_previewed=digest)

    first, second = sorted(at_once(extend, extend), key=len)
    assert first == []
    assert CHANGED_SINCE in second
    assert set(ProtectionExtension.objects.values_list("number", flat=True)) == {3, 4}
    assert ProtectionExtension.objects.count() == 6
    assert verify().problems == []


def test_of_two_commands_one_finds_it_extended_already(keys):
    def extend() -> None:
        extend_protections(keys, terms=UNTIL, reason="As decided.")

    first, second = sorted(at_once(extend, extend), key=len)
    assert first == []
    assert len(second) == 3
    assert all("lasts until 18 January 2025 already" in sentence for sentence in second)


def test_an_extension_and_an_end_at_once_do_not_overwrite_one_another(keys):
    def end() -> None:
        terms = EndTerms("2024-01-18", "revoked")
        end_protections(keys, terms=terms, reason="As announced.")

    def extend() -> None:
        digest = plan_extensions(keys, terms=UNTIL).digest()
        extend_protections(keys, terms=UNTIL, reason="As decided.", as_previewed=digest)

    at_once(end, extend)
    rows = set(Protection.objects.values_list("end", "end_reason"))
    assert rows == {("2024-01-18", "revoked")}  # whichever came first, the end was written last


def test_of_two_who_confirm_the_same_opening_one_is_told(keys):
    officials = list(Official.objects.values_list("pk", flat=True))
    with changeset(reason="Add."):
        officials.append(OfficialFactory().pk)
    terms = ProtectionTerms("event", start="2026")
    digest = plan_openings(officials, terms=terms).digest()

    def start() -> None:
        open_protections(officials, terms=terms, reason="Why.", as_previewed=digest)

    first, second = sorted(at_once(start, start), key=len)
    assert (first, CHANGED_SINCE in second) == ([], True)
    assert Protection.objects.filter(level="event").count() == 4
