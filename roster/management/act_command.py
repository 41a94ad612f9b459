"""What the commands share that act on several protections or officials at once."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from roster.actions.act_plans import ActPlan, PlannedRecord
from roster.actions.carry_out_act import ActDone
from roster.actions.recite import Passage
from roster.dates import parse
from roster.management import arguments
from roster.models import Citation
from roster.models.citations import Credibility
from roster.models.records import Referable
from roster.provenance.named_paragraphs import FORM, paragraph_named
from roster.text.characters import quoted

MOST_NAMED = 10
"""Unknown refs that a refusal names."""


def partial_date(text: str) -> str:
    """A DATE in notation; `..` is left to the act, which says where it is taken."""
    try:
        return parse(text, open_end=True).text
    except ValueError as refusal:
        raise ArgumentTypeError(str(refusal)) from None


class ActCommand(BaseCommand):
    """Finds the records by ref, acts or only plans, and says what was or would be written."""

    verb: ClassVar[str]
    model: ClassVar[type[Referable]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        kind = self.model.record_kind
        parser.add_argument(
            "refs", metavar=kind.upper(), nargs="+", help=f"the refs of the {kind}s"
        )
        self.add_terms(parser)
        parser.add_argument(
            "--cite", metavar="SOURCE#PARAGRAPH", help="the paragraph that every fact rests on"
        )
        parser.add_argument(
            "--quote",
            metavar="WORDS",
            default="",
            help="the words relied on, as they stand there; default: the whole paragraph",
        )
        parser.add_argument(
            "--credibility", choices=Credibility.values, default="", help="of the Admiralty scale"
        )
        arguments.add_reason(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do; write nothing"
        )
        arguments.add_json(parser)

    def add_terms(self, parser: ArgumentParser) -> None:
        """The options that say what is to be written."""
        raise NotImplementedError

    def plan(self, keys: Sequence[int], passage: Passage | None, options: Any) -> ActPlan:
        """What the act would do."""
        raise NotImplementedError

    def act(self, keys: Sequence[int], *, options: Any, **given: Any) -> ActDone:
        """Do it; ValidationError where it is refused."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["quote"] or options["credibility"]) and not options["cite"]:
            raise CommandError(
                f"--quote and --credibility are of a passage: give --cite {FORM} as well.",
                returncode=2,
            )
        plan, position, refusals = ActPlan(self.verb), None, list[str]()
        try:
            keys = self._keys(options["refs"])
            user = arguments.user_named(options["user"])
            passage = _passage(options)
            if options["dry_run"]:
                plan = self.plan(keys, passage, options)
                refusals += plan.all_refusals
            else:
                done = self.act(
                    keys,
                    options=options,
                    passage=passage,
                    reason=options["reason"],
                    user=user,
                    kind="command",
                )
                plan, position = done.plan, done.position
        except ValidationError as error:
            refusals += error.messages
        except CommandError as error:
            refusals.append(str(error))
        if options["json"]:
            shown = _as_json(plan, refusals, position)
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self._say(plan, refusals, position)
        if refusals:
            raise SystemExit(1)

    def _keys(self, refs: Sequence[str]) -> list[int]:
        """The keys of the records; CommandError names the refs that are not here."""
        found = dict(self.model._default_manager.filter(ref__in=refs).values_list("ref", "pk"))
        if missing := [ref for ref in dict.fromkeys(refs) if ref not in found]:
            named = ", ".join(map(quoted, missing[:MOST_NAMED]))
            more = len(missing) - MOST_NAMED
            raise CommandError(
                f"There is no {self.model._meta.verbose_name} {named}"
                f"{f' and {more} more' if more > 0 else ''}: give the refs of those that are here."
            )
        return list(found.values())

    def _say(self, plan: ActPlan, refusals: Sequence[str], position: int | None) -> None:
        for warning in plan.warnings:
            self.stderr.write(f"Mind: {warning}")
        for refusal in refusals:
            self.stderr.write(refusal)
        if refusals:
            self.stderr.write("Nothing was written.")
            return
        records = list(plan.records)
        added = sum(record.is_new for record in records)
        counts = (
            f"Records added: {added}; changed: {len(records) - added}; "
            f"citations: {plan.citation_count}"
        )
        if position is None:
            for record in records:
                self.stdout.write(_line(record))
            self.stdout.write(f"{counts}. A dry run: nothing was written.")
        else:
            self.stdout.write(f"{counts}. Changeset {position}.")


def add_date(parser: ArgumentParser, name: str, says: str, *, required: bool = False) -> None:
    """An option that takes a DATE, as far as it is known."""
    parser.add_argument(
        name, metavar="DATE", type=partial_date, default="", required=required, help=says
    )


def _passage(options: Any) -> Passage | None:
    if not options["cite"]:
        return None
    field: Any = Citation._meta.get_field("quote")
    quote = field.clean(options["quote"], None)
    return Passage(paragraph_named(options["cite"]), quote, options["credibility"])


def _verb(record: PlannedRecord) -> str:
    return "add" if record.is_new else "change"


def _line(record: PlannedRecord) -> str:
    said = "; ".join(
        f"{change.column} {_shown(change.new)}"
        if record.is_new
        else f"{change.column} {_shown(change.old)} → {_shown(change.new)}"
        for change in record.changes
    )
    return f"{_verb(record)} {record.label}: {said or 'nothing'}"


def _shown(text: str) -> str:
    return quoted(text) if text else "(empty)"


def _as_json(plan: ActPlan, refusals: Sequence[str], position: int | None) -> dict[str, object]:
    return {
        "records": [
            {
                "record": record.label,
                "act": _verb(record),
                "changes": {change.column: [change.old, change.new] for change in record.changes},
            }
            for record in plan.records
        ],
        "citations": plan.citation_count,
        "warnings": list(plan.warnings),
        "refusals": list(refusals),
        "changeset": position,
    }
