"""One upload: whose it is and what it is for; and the receipt of what its import wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roster.text.characters import quoted


@dataclass(frozen=True)
class Receipt:
    """What the import of an upload wrote: the changeset's position, and rows by what they were."""

    changeset: int
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Upload:
    """A file that waits to be imported, or did: whose it is, and what it is for."""

    token: str
    owner: str
    """The key of the user who uploaded it and alone can import it."""
    stem: str
    """The file stem of the model that it is to be imported into."""
    file_name: str
    """As the user's system calls it; for display only."""
    sha256: str
    received_at: datetime

    @property
    def shown_name(self) -> str:
        """The file's name as a sentence quotes it."""
        return quoted(self.file_name, length=100)
