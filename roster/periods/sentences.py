"""What is found of chains, in sentences: the one place where they are worded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from roster.dates import PartialDate
from roster.periods.breaks import Break, BreakKind
from roster.periods.chains import Chain, Disagreement, Extension, MissingNumbers
from roster.periods.days import Days
from roster.periods.period import Certainty

_ONE_DAY = timedelta(days=1)

ENDED = {
    "expired": "Expired",
    "revoked": "Revoked",
    "declined": "Declined",
    "died": "Ended on death",
    "other": "Ended for another reason",
}
"""How a protection ended, by its end_reason."""


def ended(chain: Chain) -> str:
    how = ENDED.get(chain.end_reason, "Ended")
    by = f" (by {chain.ended_by})" if chain.ended_by else ""
    return f"{how}{by}: the last day is {chain.period.end.describe()}."


def renewed(chain: Chain) -> str:
    recorded = len(chain.extensions)
    if chain.renewals == recorded:
        return f"Extended {_times(recorded)}."
    are = "is" if recorded == 1 else "are"
    return f"Extended at least {_times(chain.renewals)}, of which {recorded} {are} recorded."


def missing(numbers: MissingNumbers, unnumbered: int) -> str:
    first, last = numbers.below + 1, numbers.above - 1
    which = f"Extension {first} is" if first == last else f"Extensions {first} to {last} are"
    said = f"{which} missing between extensions {numbers.below} and {numbers.above}"
    if not unnumbered:
        return f"{said}."
    one = "the extension" if unnumbered == 1 else f"one of the {unnumbered} extensions"
    return f"{said}, unless {one} without a number belongs there."


def disagrees(chain: Chain, found: Disagreement) -> str:
    extension, compared = found.extension, "later" if found.is_later else "earlier"
    return (
        f"The end of {extension.name} ({extension.period.end.describe()}) is {compared} than the "
        f"protection’s own ({chain.period.end.describe()}), which decides: correct the wrong one."
    )


def between_extensions(found: Break) -> str:
    """Of a gap or a possible gap between the extensions of one protection."""
    none = "No extension" if found.kind is BreakKind.GAP else "Perhaps no extension"
    return f"{none} explains the protection {_when(found.days)}, between two that do."


def overlapping(found: Break, extensions: Sequence[Extension]) -> str:
    *others, last = (extension.name for extension in extensions)
    names = f"{', '.join(others)} and {last}"
    return f"{names[0].upper()}{names[1:]} overlap {_when(found.days)}."


def between_protections(found: Break) -> str:
    """Of a gap or a possible gap between the protections of one official."""
    covered = "Not covered" if found.kind is BreakKind.GAP else "Perhaps not covered"
    return f"{covered} {_when(found.days)}, between two protections."


def lapsed(end: PartialDate) -> str:
    return f"Lapsed on a day that is not known ({end.describe()}), and nothing is recorded since."


def silent(chain: Chain, on: date) -> str:
    """Of a chain that is in force on the day, at least possibly."""
    sure = chain.period.in_force(on) is Certainty.DEFINITELY
    in_force = f"{'Said to be' if sure else 'Possibly'} in force on {_in_words(on)}"
    last = chain.last_evidence
    if last is None:
        return f"{in_force}, but no dated evidence is cited."
    number = f"{chain.days_without_evidence(on)} days"
    known = number if last.earliest == last.latest else f"at least {number}"
    return f"{in_force}, with no evidence for {known}: the last is dated {last.describe()}."


def _when(days: Days) -> str:
    first, last = _in_words(days.first), _in_words(days.last)
    # What lies between two days of which one is unknown stops a day short of the calendar's end.
    match days.first <= date.min + _ONE_DAY, days.last >= date.max - _ONE_DAY:
        case True, True:
            return "at any time"
        case False, True:
            return f"from {first} on"
        case True, False:
            return f"until {last}"
    return f"on {first}" if days.count == 1 else f"from {first} to {last} ({days.count} days)"


def _in_words(day: date) -> str:
    return PartialDate(day.isoformat()).describe()


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
