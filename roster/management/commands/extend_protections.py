"""Extend protections."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from roster.actions.act_plans import ActPlan
from roster.actions.carry_out_act import ActDone
from roster.actions.extend_protections import (
    VERB,
    ExtensionTerms,
    extend_protections,
    plan_extensions,
)
from roster.actions.recite import Passage
from roster.management.act_command import ActCommand, add_date
from roster.models import Protection


class Command(ActCommand):
    help = (
        "Extend protections: each gets an extension with the next number, which says what the "
        "last decision said where nothing else is given, and begins the day after the end so far "
        "where that is certain; its own end moves with it. All in one changeset, which can be "
        "undone, or nothing. With --cite, every fact that is written is cited. At most 200 at "
        "once. Exit status 1 when refused, as of one that has ended or lasts as long already."
    )
    verb = VERB
    model = Protection

    def add_terms(self, parser: ArgumentParser) -> None:
        add_date(parser, "--until", "the new last day, included; .. for open", required=True)
        add_date(parser, "--start", "default: the day after the end so far, if that is certain")
        add_date(parser, "--decided", "when it was decided")
        add_date(parser, "--notified", "when it was notified")
        for name, what in (
            ("--granted-by", "who granted it"),
            ("--signed-by", "who signed it"),
            ("--decision-reason", "the reason that the decision gives"),
        ):
            parser.add_argument(
                name, metavar="TEXT", default="", help=f"{what}; default: as the last time"
            )
        parser.add_argument(
            "--take-nothing",
            action="store_true",
            help="leave blank what is not given, instead of taking it from the last decision",
        )

    def plan(self, keys: Sequence[int], passage: Passage | None, options: Any) -> ActPlan:
        return plan_extensions(keys, terms=_terms(options), passage=passage)

    def act(self, keys: Sequence[int], *, options: Any, **given: Any) -> ActDone:
        return extend_protections(keys, terms=_terms(options), **given)


def _terms(options: Any) -> ExtensionTerms:
    return ExtensionTerms(
        end=options["until"],
        start=options["start"],
        decided=options["decided"],
        notified=options["notified"],
        granted_by=options["granted_by"],
        signed_by=options["signed_by"],
        reason=options["decision_reason"],
        takes_over=not options["take_nothing"],
    )
