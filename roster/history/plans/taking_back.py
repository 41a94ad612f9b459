"""Taking back: changes of any number of rows reversed together, and what there is to say of each.

Undo takes back the changes of one changeset, restoring what was deleted the deletions that belong
together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from roster.history.diffs import model_of_table
from roster.history.naming import Names
from roster.history.past.changes import PastChange, Place, by_table, pasts_of
from roster.history.plans.plan import Goal, Plan, Refusal
from roster.history.plans.planning import planned
from roster.history.plans.reversing import Reversal
from roster.history.plans.sentences import listed, positions, row_count, sentence_of
from roster.history.values import Values, fields_of, present_values
from roster.models.changes import Act

_MOST_NAMED = 3
_PASSWORD = (User._meta.db_table, "password")


@dataclass(frozen=True)
class TakenBack:
    """A row's goal and how it came about."""

    goal: Goal
    found: Reversal
    unreadable: tuple[str, ...] = ()
    """Why recorded values are not accepted any more, in sentences."""

    @property
    def is_changed(self) -> bool:
        return self.goal.present != self.goal.wanted


def plan_taking_back(
    act: str, subject: str, own: Sequence[PastChange], *, lock: bool, keep_later: bool = False
) -> Plan:
    """What taking back these changes, oldest first, would do; `subject` says what they are.

    Columns and tables that are gone are left out, and the plan says so. `keep_later` leaves alone
    each row on which something was built later, and what it hangs on.
    """
    models_of = {table: model_of_table(table) for table in {change.table for change in own}}
    rows: dict[Place, list[PastChange]] = defaultdict(list)
    for change in own:
        rows[change.place].append(change)
    present: dict[Place, Values] = {}
    for table, keys in sorted(by_table(rows).items()):
        if model := models_of[table]:
            found = present_values(model, keys, lock=lock)
            present |= {(table, key): values for key, values in found.items()}
    # Read once the rows are locked: none of them gets another change now.
    later = _later(rows)
    taken = [
        taken_back(Reversal(model, present.get(place), changes, later.get(place, ())), place[1])
        for place, changes in rows.items()
        if (model := models_of[place[0]])
    ]
    tables_gone = sorted(table for table, model in models_of.items() if model is None)
    planned_as = _plan_keeping if keep_later else plan_of
    return planned_as(act, subject, taken, tables_gone=tables_gone)


def plan_of(
    act: str, subject: str, taken: Sequence[TakenBack], *, tables_gone: Iterable[str] = ()
) -> Plan:
    """The plan that brings these rows to their goals, and all that is to be said of them."""
    names = Names()
    names.add((t.goal.model, t.goal.key, t.goal.present) for t in taken if t.goal.present)
    names.add(
        (t.goal.model, t.goal.key, {**_recorded(t.found.own[-1]), **t.goal.values}) for t in taken
    )
    goals = [t.goal for t in taken if t.is_changed]
    refusals = [refusal for t in taken for refusal in _refusals(t, names)]
    if not goals and not refusals:
        refusals = [_nothing_left(subject, taken)]
    notes = [
        f"What {table} held is left out: there is no such table any more." for table in tables_gone
    ]
    if goals:
        notes += _done_already(taken, names)
    notes += _notes(taken, names)
    return planned(act, goals, names, refusals=refusals, notes=notes)


def _plan_keeping(
    act: str, subject: str, taken: Sequence[TakenBack], *, tables_gone: Iterable[str] = ()
) -> Plan:
    """The plan for as many of these rows as can be taken back together; the others are kept."""
    kept: list[Refusal] = []
    while True:
        plan = plan_of(act, subject, taken, tables_gone=tables_gone)
        in_the_way = [refusal for refusal in plan.refusals if refusal.place]
        if not in_the_way:
            return replace(plan, kept=tuple(kept))
        kept += in_the_way
        places = {refusal.place for refusal in in_the_way}
        taken = [one for one in taken if one.goal.place not in places]


def _later(rows: Mapping[Place, Sequence[PastChange]]) -> dict[Place, list[PastChange]]:
    """The other changes of each row since the first of its own, oldest first."""
    own = {change.id for changes in rows.values() for change in changes}
    return {
        place: [change for change in past if change.id > rows[place][0].id and change.id not in own]
        for place, past in pasts_of(rows, since=min(own, default=0)).items()
    }


def taken_back(found: Reversal, key: int) -> TakenBack:
    """The row of this key with its changes taken back, as far as its values can be read."""
    try:
        found.run()
    except ValidationError as error:
        goal = Goal(found.model, key, found.present, found.present)
        return TakenBack(goal, found, tuple(error.messages))
    return TakenBack(Goal(found.model, key, found.present, found.wanted), found)


def _recorded(change: PastChange) -> Values:
    return change.new or change.old


def _refusals(one: TakenBack, names: Names) -> Iterator[Refusal]:
    goal, found = one.goal, one.found
    label = names.label(goal.model, goal.key)
    for message in one.unreadable:
        yield Refusal(f"{label} cannot be as it was: {message}", label, place=goal.place)
    if found.is_gone:
        by = f", by {found.later[-1].author}" if found.later else ""
        yield Refusal(
            f"{label} was deleted later{by}: restore it first.",
            label,
            positions(found.later[-1:]),
            goal.place,
        )
    if taker := found.key_taken_by:
        yield Refusal(
            f"The row that was deleted cannot come back under its number {goal.key}: {label} has "
            f"that since {taker.author}.",
            label,
            positions([taker]),
            goal.place,
        )
    if found.built_upon:
        acts = {change.id: change for some in found.built_upon.values() for change in some}
        writers = [acts[number] for number in sorted(acts)]
        by = f" by {listed(dict.fromkeys(c.author for c in writers))}" if writers else ""
        fields = fields_of(goal.model)
        yield Refusal(
            f"{label}: {listed(fields[column].name for column in found.built_upon)} "
            f"{'was' if len(found.built_upon) == 1 else 'were'} changed later{by}: undo that "
            "first.",
            label,
            positions(writers),
            goal.place,
        )


def _nothing_left(subject: str, taken: Iterable[TakenBack]) -> Refusal:
    done = [one.found.done_by for one in taken if one.found.done_by]
    if not done:
        return Refusal(sentence_of(f"{subject} has nothing that can be undone."))
    by = listed(dict.fromkeys(change.act_name for change in done))
    return Refusal(
        sentence_of(f"{subject} was undone by {by} already."), changesets=positions(done)
    )


def _notes(taken: Sequence[TakenBack], names: Names) -> Iterator[str]:
    for table, column, count in _counted(taken, lambda found: found.lost):
        if (table, column) == _PASSWORD:
            yield f"A password that was changed is not brought back ({row_count(count)})."
        else:
            yield (
                f"What {row_count(count)} of {table} had in {column} is left out: there is no "
                "such column any more."
            )
    for table, column, count in _counted(taken, lambda found: found.defaulted):
        yield (
            f"Nothing was recorded of {column} for {row_count(count)} of {table}: its default "
            "value is given."
        )
    for one in taken:
        if one.goal.model is User and one.is_changed and one.goal.act == Act.INSERT:
            label = names.label(one.goal.model, one.goal.key)
            yield f"{label} comes back without a password: set a new one."


def _done_already(taken: Iterable[TakenBack], names: Names) -> Iterator[str]:
    done: dict[str, list[str]] = defaultdict(list)
    for one in taken:
        if one.found.done_by:
            label = names.label(one.goal.model, one.goal.key)
            done[one.found.done_by.author].append(label)
    for author, labels in done.items():
        more = len(labels) - _MOST_NAMED
        named = listed([*labels[:_MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])])
        yield f"Left alone, being as it was already since {author}: {named}."


def _counted(
    taken: Iterable[TakenBack], columns_of: Callable[[Reversal], Iterable[str]]
) -> list[tuple[str, str, int]]:
    """Table, column and in how many rows."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one in taken:
        for column in columns_of(one.found):
            counts[one.goal.place[0], column] += 1
    return [(table, column, count) for (table, column), count in sorted(counts.items())]
