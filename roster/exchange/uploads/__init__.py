"""Uploads: files that wait between their preview and its confirmation, in a folder of their own.

Each is a CSV file under a random name. Beside it lie a note of whose it is and what it is for, how
it is to be read and mapped, how its conflicts are decided, the digest of what was last shown of it,
and in the end a receipt of what its import wrote. Whoever asks for one gives its token; no name or
path of theirs is used.
"""

from roster.exchange.uploads.folder import is_token, new_token
from roster.exchange.uploads.refusals import (
    UploadAltered,
    UploadGone,
    UploadImported,
    UploadOfAnother,
    UploadRefused,
    UploadTaken,
    UploadTooLarge,
)
from roster.exchange.uploads.upload import Receipt, Upload
from roster.exchange.uploads.waiting import Taken, Uploads

__all__ = [
    "Receipt",
    "Taken",
    "Upload",
    "UploadAltered",
    "UploadGone",
    "UploadImported",
    "UploadOfAnother",
    "UploadRefused",
    "UploadTaken",
    "UploadTooLarge",
    "Uploads",
    "is_token",
    "new_token",
]
