"""End protections."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from roster.actions.act_plans import ActPlan
from roster.actions.carry_out_act import ActDone
from roster.actions.end_protections import VERB, EndTerms, end_protections, plan_endings
from roster.actions.recite import Passage
from roster.management.act_command import ActCommand, add_date
from roster.models import Protection
from roster.models.protections import EndReason


class Command(ActCommand):
    help = (
        "End protections: the last day, why it is the last, and by whom. Extensions that reach "
        "beyond it are named and stay as they are. All in one changeset, which can be undone, or "
        "nothing. With --cite, every fact that is written is cited. At most 200 at once. Exit "
        "status 1 when refused, as of one that has ended already."
    )
    verb = VERB
    model = Protection

    def add_terms(self, parser: ArgumentParser) -> None:
        add_date(parser, "--on", "the last day, included", required=True)
        parser.add_argument(
            "--because", required=True, choices=EndReason.values, help="why it ends"
        )
        parser.add_argument("--by", metavar="WHO", default="", help="who ended it")

    def plan(self, keys: Sequence[int], passage: Passage | None, options: Any) -> ActPlan:
        return plan_endings(keys, terms=_terms(options), passage=passage)

    def act(self, keys: Sequence[int], *, options: Any, **given: Any) -> ActDone:
        return end_protections(keys, terms=_terms(options), **given)


def _terms(options: Any) -> EndTerms:
    return EndTerms(end=options["on"], end_reason=options["because"], ended_by=options["by"])
