"""Workbooks of Excel (.xlsx): tables of text out, plain cells in, a batch at a time.

Written and read here, upon the standard library's zip and XML: openpyxl keeps every shared text
in memory and hides merged cells, and nothing that writes reads. What is read is plain cells alone,
refused where what they show is not certain; ECMA-376 is the standard.
"""

from roster.exchange.workbooks.package import WorkbookRefused, is_workbook
from roster.exchange.workbooks.reading import read_workbook, rows_as_they_are
from roster.exchange.workbooks.writing import WORKBOOK_TYPE, write_workbook

__all__ = [
    "WORKBOOK_TYPE",
    "WorkbookRefused",
    "is_workbook",
    "read_workbook",
    "rows_as_they_are",
    "write_workbook",
]
