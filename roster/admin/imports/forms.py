"""What the steps of an import ask for."""

from __future__ import annotations

from django import forms

from roster.admin.reasons import ReasonForm
from roster.exchange.workbooks import WORKBOOK_TYPE


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Excel or CSV file",
        widget=forms.FileInput(attrs={"accept": f".csv,text/csv,.xlsx,{WORKBOOK_TYPE}"}),
        help_text="CSV, or the plain cells of one sheet (.xlsx), with a header line. You will see "
        "what it would change first.",
        error_messages={
            "required": "Choose a CSV file or a workbook (.xlsx); nothing was uploaded.",
            "empty": "The file is empty: its first line must name the columns.",
        },
    )


class ConfirmForm(ReasonForm):
    """Asks why; carries which preview was looked at."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
