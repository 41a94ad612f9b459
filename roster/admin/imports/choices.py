"""What is chosen on a preview: how the file is read, and what becomes of rows in conflict."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from roster.exchange.plans import Choice, Decision
from roster.exchange.reading import CODECS, DELIMITERS
from roster.exchange.sheets import Form

READ, DECIDE = "read", "decide"
"""The buttons that send such a choice."""
_LONGEST_NUMBER = 18
_OPEN = ("", "as found out")


class ReadingForm(forms.Form):
    """Asks in which encoding and with which delimiter the file is read."""

    encoding = forms.ChoiceField(label="Encoding", required=False, choices=[_OPEN, *CODECS.items()])
    delimiter = forms.ChoiceField(
        label="Between the cells",
        required=False,
        choices=[_OPEN, *((name, name) for name in DELIMITERS.values())],
    )

    @property
    def form(self) -> Form:
        """What was chosen, once it is valid."""
        signs = {name: sign for sign, name in DELIMITERS.items()}
        chosen = self.cleaned_data
        return Form(chosen["encoding"], signs.get(chosen["delimiter"], ""))


def reading_form(kept: Form) -> ReadingForm:
    """The form as it was last sent."""
    delimiter = DELIMITERS.get(kept.delimiter, "")
    return ReadingForm(initial={"encoding": kept.encoding, "delimiter": delimiter})


def form_in_words(form: Form) -> str:
    """How a file is read, for a sentence; empty where it is no text."""
    if not form.encoding:
        return ""
    encoding = CODECS.get(form.encoding, form.encoding)
    return f"{encoding}; {DELIMITERS.get(form.delimiter, form.delimiter)} between the cells"


def decisions_sent(sent: QueryDict) -> dict[int, Decision]:
    """The decisions of a page of conflicts, by line; all alike where a button says so.

    A row without a choice is left open. What a browser would not send is passed over.
    """
    of_all = sent.get(DECIDE, "")
    decisions = {}
    for name, said in sent.items():
        line, version = _number(name.removeprefix("version-")), _number(str(said))
        if not name.startswith("version-") or line is None or version is None:
            continue
        choice = of_all if of_all in set(Choice) else sent.get(f"choice-{line}", "")
        if choice in set(Choice):
            decisions[line] = Decision(Choice(choice), version)
    return decisions


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None
