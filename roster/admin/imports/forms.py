"""What the steps of an import ask for."""

from __future__ import annotations

from django import forms

from roster.admin.forms.reasons import ReasonForm
from roster.exchange.workbooks import WORKBOOK_TYPE


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV or Excel file",
        widget=forms.FileInput(attrs={"accept": f".csv,.tsv,.txt,text/csv,.xlsx,{WORKBOOK_TYPE}"}),
        help_text="CSV in UTF-8 or UTF-16, or the plain cells of one sheet (.xlsx), with a header "
        "line. Another encoding can be chosen in the preview, where you see first what it would "
        "change.",
        error_messages={
            "required": "Choose a CSV file or a workbook (.xlsx); nothing was uploaded.",
            "empty": "The file is empty: its first line must name the columns.",
        },
    )


class ConfirmForm(ReasonForm):
    """Asks why; carries which preview was looked at."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
