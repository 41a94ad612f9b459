"""The preview of an import in the admin: seconds until the whole page is here, and its bytes.

`python -m tests.bench._exchange_preview ROWS`: of ROWS new rows, then of ten times as many.
"""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING, Any

from tests.bench._figures import once
from tests.bench._roster import prepare, tell
from tests.bench._rows import csv_text
from tests.bench._states import _signed_in

if TYPE_CHECKING:
    from django.test import Client

TURNS = 3


def main() -> int:
    rows = int(sys.argv[1])
    prepare(10 * rows)
    client = _signed_in()
    found: dict[str, Any] = {}
    for name, count in (("few", rows), ("many", 10 * rows)):
        content = csv_text(count).encode()
        pages: list[bytes] = []
        seconds = [
            once(lambda content=content, pages=pages: pages.append(_previewed(client, content)))
            for _ in range(TURNS)
        ]
        found[f"{name}_seconds"] = statistics.median(seconds)
        found[f"{name}_bytes"] = len(pages[-1])
    return tell(found)


def _previewed(client: Client, content: bytes) -> bytes:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from roster.admin.display import page_url
    from roster.models import ProtectionExtension

    file = SimpleUploadedFile("extensions.csv", content, "text/csv")
    url = page_url(ProtectionExtension, "import")
    response = client.post(url, {"file": file}, follow=True)
    if not response.redirect_chain or b"Import extensions: preview" not in response.content:
        raise RuntimeError(f"{url} answered {response.status_code} without a preview.")
    page: bytes = response.content
    return page


if __name__ == "__main__":
    sys.exit(main())
