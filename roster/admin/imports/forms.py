"""What the steps of an import ask for."""

from __future__ import annotations

from django import forms

from roster.admin.reasons import ReasonForm


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="CSV in UTF-8 with a header line. You will see what it would change first.",
        error_messages={
            "required": "Choose a CSV file; nothing was uploaded.",
            "empty": "The file is empty: its first line must name the columns.",
        },
    )


class ConfirmForm(ReasonForm):
    """Asks why; carries which preview was looked at."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
