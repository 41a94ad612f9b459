"""Forms that take a source's text: as a file or pasted, for a source that is here or a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.files.uploadedfile import UploadedFile

from roster.admin.forms.reasons import ReasonedModelForm, ReasonForm
from roster.provenance.documents import MAX_BYTES, Document, DocumentError, read_document
from roster.provenance.fingerprints import fingerprint, fingerprint_refusal, normalised

NO_TEXT = "Choose a file or paste the text; nothing was written."
BOTH_TEXTS = "Give the text once: as a file, or pasted."
TOO_LONG = f"The file has more than {MAX_BYTES:,} bytes, which is the most that is taken."


def file_field() -> forms.FileField:
    return forms.FileField(
        label="Text file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.md,text/plain"}),
        help_text="Plain text in UTF-8, with a blank line between paragraphs.",
        error_messages={"empty": "The file is empty: give paragraphs of plain text."},
    )


def text_field() -> forms.CharField:
    return forms.CharField(
        label="Or paste the text",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 12}),
        help_text="A first line “date YYYY-MM-DD” is the publication date, not text.",
    )


def hidden_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="Remove hidden characters",
        required=False,
        help_text="Those that hide or reorder what is read; otherwise they refuse the text.",
    )


class TextGiven(forms.Form):
    """Mixin: the text of a form with the fields `file` and `text`."""

    def given_text(self) -> bytes | None:
        """The bytes of the file or of what was pasted; None, with an error, unless it is one."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        text: str = self.cleaned_data.get("text") or ""
        if self.errors.get("file"):
            return None
        if bool(file) == bool(text.strip()):
            self.add_error("file" if file else "text", BOTH_TEXTS if file else NO_TEXT)
            return None
        if file and (file.size or 0) > MAX_BYTES:
            self.add_error("file", TOO_LONG)
            return None
        return file.read() if file else text.encode(errors="replace")


class TextForm(TextGiven):
    """Asks for the text of a source that is here."""

    file = file_field()
    text = text_field()

    def clean(self) -> dict[str, Any]:
        self.content = self.given_text() or b""
        return self.cleaned_data

    @property
    def file_name(self) -> str:
        """How messages call the text."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        return (file.name or "" if file else "") or "pasted text"


class ConfirmTextForm(ReasonForm):
    """Asks why; carries which preview was looked at."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)


class SourceFromTextForm(TextGiven, ReasonedModelForm):
    """The form of a new source with its text."""

    file = file_field()
    text = text_field()
    remove_hidden = hidden_field()
    document: Document | None = None

    def clean(self) -> dict[str, Any]:
        content = self.given_text()
        if content is not None:
            try:
                self.document = read_document(
                    content, remove_hidden=self.cleaned_data["remove_hidden"]
                )
            except DocumentError as refusal:
                self.add_error("file" if self.cleaned_data.get("file") else "text", str(refusal))
        if self.document and not self.cleaned_data.get("published"):
            self.cleaned_data["published"] = self.document.published
        return super().clean()


class ParagraphForm(ReasonedModelForm):
    """The form of a paragraph: its text is kept normalised, and fills a blank fingerprint.

    A text that is another than the fingerprint's is refused.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        before = {name: self.initial.get(name) or "" for name in ("text", "fingerprint")}
        after = {name: cleaned.get(name) for name in before}
        if before == after or None in after.values():
            return cleaned
        text, given = after["text"] or "", after["fingerprint"] or ""
        if text != before["text"]:
            cleaned["text"] = text = normalised(text)
        if text and not given:
            cleaned["fingerprint"] = fingerprint(text)
        elif refusal := fingerprint_refusal(text, given):
            self.add_error("text", refusal)
        return cleaned
