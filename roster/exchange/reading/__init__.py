"""Reading CSV strictly: a file in, a sheet of text cells out, with every error of form.

Knows files, lines and characters; not what a column means.
"""

from roster.exchange.reading.csv_sheet import read_sheet
from roster.exchange.reading.errors_column import ERRORS_COLUMN, pass_over
from roster.exchange.reading.faulty import error_csv
from roster.exchange.reading.headers import check_header
from roster.exchange.reading.limits import Limits, limits_in_force
from roster.exchange.reading.sniffing import CODECS, DELIMITERS

__all__ = [
    "CODECS",
    "DELIMITERS",
    "ERRORS_COLUMN",
    "Limits",
    "check_header",
    "error_csv",
    "limits_in_force",
    "pass_over",
    "read_sheet",
]
