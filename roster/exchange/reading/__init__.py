"""Reading CSV strictly: a file in, a sheet of text cells out, with every error of form.

Knows files, lines and characters; not what a column means.
"""

from roster.exchange.reading.csv_sheet import read_sheet
from roster.exchange.reading.errors_column import ERRORS_COLUMN, pass_over
from roster.exchange.reading.faulty import error_csv
from roster.exchange.reading.headers import check_header
from roster.exchange.reading.limits import Limits, limits_in_force
from roster.exchange.reading.sniffing import CODECS, DELIMITERS
from roster.exchange.reading.table import Table, TableRow, read_table
from roster.exchange.sheets import MAX_ERRORS

MAX_FILE_BYTES = limits_in_force().file_bytes
"""The limit in force when Roster began."""

__all__ = [
    "CODECS",
    "DELIMITERS",
    "ERRORS_COLUMN",
    "MAX_ERRORS",
    "MAX_FILE_BYTES",
    "Limits",
    "Table",
    "TableRow",
    "check_header",
    "error_csv",
    "limits_in_force",
    "pass_over",
    "read_sheet",
    "read_table",
]
