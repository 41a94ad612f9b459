"""Attach a text to a source, paragraph by paragraph, each checked against its fingerprint."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from roster.actions.attach_text import attach_text, taken_of
from roster.management import arguments
from roster.provenance.attaching import Comparison, Standing, compare
from roster.provenance.documents import MAX_BYTES, DocumentError, read_document
from roster.provenance.placing import QuoteOutcome, QuotePlace
from roster.text.characters import quoted


@dataclass
class Outcome:
    """What became of the text. `changeset` is a position, None when nothing was written."""

    source: str
    comparison: Comparison | None = None
    errors: list[str] = field(default_factory=list)
    stored: int = 0
    changeset: int | None = None

    def as_json(self) -> dict[str, object]:
        """The object that `--json` prints."""
        compared = self.comparison
        return {
            "source": self.source,
            "counts": compared.counts if compared else {},
            "quotes": self.quotes if compared else {},
            "published": compared.document.published if compared else "",
            "removed": compared.document.removed if compared else 0,
            "problems": list(self._problems()),
            "errors": self.errors,
            "stored": self.stored,
            "changeset": self.changeset,
        }

    @property
    def quotes(self) -> dict[QuoteOutcome, int]:
        """How many quotes would stand how, of the paragraphs that the text has."""
        counted = Counter(quote.outcome for quote in self._placed())
        return {outcome: counted[outcome] for outcome in QuoteOutcome}

    @property
    def unanchored(self) -> list[QuotePlace]:
        return [one for one in self._placed() if one.outcome is QuoteOutcome.UNANCHORED]

    def _placed(self) -> Iterator[QuotePlace]:
        for one in self.comparison.paragraphs if self.comparison else ():
            if one.text:
                yield from one.quotes

    def _problems(self) -> Iterator[dict[str, object]]:
        for one in self.comparison.to_decide if self.comparison else ():
            yield {
                "paragraph": one.number,
                "standing": one.standing,
                "message": one.sentence,
                "facts": [{"record": record, "field": column} for record, column in one.facts],
            }


class Command(BaseCommand):
    help = (
        "Attach your own copy of a source's text, plain UTF-8 with blank lines between the "
        "paragraphs: each is checked against its fingerprint, stored in this database only, and "
        "the quotes are placed in it. All must match, or nothing is written, unless the options "
        "below say otherwise; a source without any paragraph takes all. Exit status 1 when refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", help="the ref of the source")
        parser.add_argument("file", metavar="FILE", help="the text; - reads standard input")
        arguments.add_reason(parser, default="that the text of SOURCE is attached from FILE")
        parser.add_argument(
            "--matching-only", action="store_true", help="store what matches, leave the rest"
        )
        parser.add_argument(
            "--accept",
            metavar="NUMBER",
            type=int,
            nargs="+",
            action="extend",
            default=[],
            help="store these paragraphs too though they differ or are surplus",
        )
        parser.add_argument(
            "--remove-hidden",
            action="store_true",
            help="take out characters that hide or reorder text",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do; write nothing"
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = Outcome(options["source"])
        try:
            self._attach(outcome, options)
        except ValidationError as refusal:
            outcome.errors += refusal.messages
        except (CommandError, DocumentError) as refusal:
            outcome.errors.append(str(refusal))
        except OSError as error:
            outcome.errors.append(f"{options['file']} cannot be read: {error.strerror}.")
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            self._say(outcome, dry_run=options["dry_run"])
        if outcome.errors:
            raise SystemExit(1)

    def _attach(self, outcome: Outcome, options: dict[str, Any]) -> None:
        source = arguments.source_named(options["source"])
        user = arguments.user_named(options["user"])
        document = read_document(_content(options["file"]), remove_hidden=options["remove_hidden"])
        outcome.comparison = comparison = compare(source, document)
        chosen: dict[str, Any] = {
            "accept": options["accept"],
            "leave_others": options["matching_only"],
        }
        taken = taken_of(comparison, **chosen)
        if options["dry_run"]:
            outcome.stored = len(taken)
            return
        attached = attach_text(
            source,
            document,
            reason=options["reason"] or _reason(source.ref, options["file"]),
            user=user,
            kind="command",
            as_previewed=comparison.digest(),
            **chosen,
        )
        outcome.stored, outcome.changeset = attached.stored, attached.changeset

    def _say(self, outcome: Outcome, *, dry_run: bool) -> None:
        if compared := outcome.comparison:
            self.stdout.write(f"{outcome.source}: {_counted(compared.counts)}.")
            self.stdout.write(f"Quotes: {_counted(outcome.quotes)}.")
            for quote in outcome.unanchored:
                self.stdout.write(_unanchored(quote))
            self._say_of_text(compared)
        for error in outcome.errors:
            self.stderr.write(error)
            for one in compared.to_decide if compared else ():
                if one.sentence == error:
                    for record, facts in groupby(one.facts, itemgetter(0)):
                        fields = ", ".join(column for _record, column in facts)
                        self.stderr.write(f"  on it rests {record}: {fields}")
        if outcome.errors:
            self.stderr.write("Nothing was written.")
        elif dry_run:
            self.stdout.write(f"Would store {outcome.stored}. A dry run: nothing was written.")
        elif outcome.changeset is None:
            self.stdout.write("Nothing to write.")
        else:
            self.stdout.write(f"Stored {outcome.stored}. Changeset {outcome.changeset}.")

    def _say_of_text(self, compared: Comparison) -> None:
        for one in compared.of(Standing.MATCHES, Standing.ATTACHED):
            if one.is_elsewhere:
                self.stdout.write(one.sentence)
        if compared.document.removed:
            self.stdout.write(f"Hidden characters removed: {compared.document.removed}.")
        if compared.other_date:
            self.stdout.write(
                f"The text says that it was published {compared.document.published}; the source "
                f"says {compared.source.published}, which stays."
            )


def _content(file: str) -> bytes:
    """The bytes of the file, or so many of them that they are known to be too many."""
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(file).open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _reason(ref: str, file: str) -> str:
    name = "standard input" if file == "-" else Path(file).name
    return f"Attach the text of {ref} from {quoted(name, length=100)}."


def _counted(counts: dict[Any, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def _unanchored(quote: QuotePlace) -> str:
    return (
        f"{quote.record_label} {quote.citation.field}: the quote {quoted(quote.citation.quote)} "
        "does not stand there."
    )
