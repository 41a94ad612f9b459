"""Why an upload cannot be had: each refusal says so, and what to do."""


class UploadRefused(Exception):
    """An upload that cannot be had; the message says why and what to do."""


class UploadGone(UploadRefused):
    """There is no such upload, or there no longer is."""


class UploadOfAnother(UploadRefused):
    """It belongs to another user."""


class UploadAltered(UploadRefused):
    """The file is not the one that was uploaded."""


class UploadTaken(UploadRefused):
    """It is being imported at this moment."""


class UploadImported(UploadRefused):
    """It is imported already."""


class UploadTooLarge(UploadRefused):
    """More bytes than are read."""
