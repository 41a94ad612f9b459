"""Open protections for officials."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from roster.actions.act_plans import ActPlan
from roster.actions.carry_out_act import ActDone
from roster.actions.open_protections import (
    VERB,
    ProtectionTerms,
    open_protections,
    plan_openings,
)
from roster.actions.recite import Passage
from roster.management.act_command import ActCommand, add_date
from roster.models import Official
from roster.models.protections import ProtectionLevel


class Command(ActCommand):
    help = (
        "Open a protection for each of several officials, all alike. An official who has one in "
        "force on the same days is named. All in one changeset, which can be undone, or nothing. "
        "With --cite, every fact that is written is cited. At most 200 at once. Exit status 1 "
        "when refused."
    )
    verb = VERB
    model = Official

    def add_terms(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--level", required=True, choices=ProtectionLevel.values, help="how much protection"
        )
        add_date(parser, "--start", "the first day; default: unknown")
        add_date(parser, "--end", "the last day, included; .. for open; default: unknown")
        for name, what in (
            ("--provider", "who protects"),
            ("--authority", "law, order or office that it rests on"),
            ("--protection-reason", "the reason for which it is given"),
        ):
            parser.add_argument(name, metavar="TEXT", default="", help=what)

    def plan(self, keys: Sequence[int], passage: Passage | None, options: Any) -> ActPlan:
        return plan_openings(keys, terms=_terms(options), passage=passage)

    def act(self, keys: Sequence[int], *, options: Any, **given: Any) -> ActDone:
        return open_protections(keys, terms=_terms(options), **given)


def _terms(options: Any) -> ProtectionTerms:
    return ProtectionTerms(
        level=options["level"],
        provider=options["provider"],
        authority=options["authority"],
        reason=options["protection_reason"],
        start=options["start"],
        end=options["end"],
    )
