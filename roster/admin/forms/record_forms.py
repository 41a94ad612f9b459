"""The forms of records: on their own page and in place, they ask about evidence as well."""

from __future__ import annotations

from typing import Any, ClassVar

from django.forms.widgets import Media, Script

from roster.actions.recite import Answer
from roster.admin.evidence.passages import PassageForm
from roster.admin.evidence.recite import AskedField, Recital, questions_url
from roster.admin.forms.reasons import ReasonedModelForm, RowForm
from roster.models.citations import citable_columns

NOT_ANSWERED = "This value is cited: say what becomes of each citation. Nothing was written."
BOX_REFUSED = "The passage given as evidence is refused; nothing was written."


class RecordForm(RowForm):
    """The form of a record: a field that is cited and changed asks about its citations."""

    recital: ClassVar[Recital | None] = None
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: list[AskedField] = []
        self._is_new = self.instance.pk is None
        self._stored = {name: getattr(self.instance, at) for name, at in self._attnames.items()}
        if self.recital and not self._is_new:
            self.recital.expect(self.instance)

    @property
    def _attnames(self) -> dict[str, str]:
        columns = citable_columns(type(self.instance))
        fields = self.instance._meta.concrete_fields
        return {field.name: field.attname for field in fields if field.name in columns}

    @property
    def columns_changed(self) -> list[str]:
        """The columns that say something else than before; of a new record, all."""
        return [
            name
            for name, attname in self._attnames.items()
            if self._is_new or getattr(self.instance, attname) != self._stored[name]
        ]

    @property
    def answers(self) -> list[Answer]:
        return [form.answer for field in self.asked for form in field.forms]

    @property
    def questions_url(self) -> str:
        """Where a script asks for the questions on a field; empty where nothing is asked."""
        if self._is_new or not (self.recital and self.recital.may_recite):
            return ""
        return questions_url(self.instance)

    @property
    def columns(self) -> str:
        """The columns that questions may be asked about, for a script."""
        return " ".join(name for name in self._attnames if name in self.fields)

    @property
    def media(self) -> Media:
        if self.recital is None:
            return super().media
        script: Any = Script("roster/recite.js", type="module")
        own = Media(js=[script], css={"all": ["roster/recite.css"]})
        return super().media + PassageForm(site=self.recital.site).media + own

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.recital is None:
            return
        if self.recital.may_recite and not self._is_new:
            self._ask(self.recital)
        for label, column, sentence in self.recital.refusals:
            if label == self.instance.label:
                self.add_error(column if column in self.fields else None, sentence)

    def _ask(self, recital: Recital) -> None:
        """Ask about the citations of what changed, unless they speak of the new value as it is."""
        for column in self.columns_changed:
            field = recital.asked(self.instance, column, self.data)
            if not field.forms:
                continue
            self.asked.append(field)
            if any([form.errors for form in field.forms]):  # noqa: C419 - each says what it lacks
                self.add_error(column if column in self.fields else None, NOT_ANSWERED)


class RecordPageForm(RecordForm, ReasonedModelForm):
    """The form of a record on its own page, with the passage that all of the page may rest on."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.recital is None:
            return
        for label, _column, sentence in self.recital.refusals:
            if label and label != self.instance.label:
                self.add_error(None, sentence)
        box = self.recital.box
        if box is None:
            return
        box.full_clean()
        for label, _column, sentence in self.recital.refusals:
            if not label:
                box.add_error("paragraph", sentence)
        if box.errors:
            self.add_error(None, BOX_REFUSED)
