"""Seconds of the baseline: the import of new rows, and their preview in its admin.

`python -m tests.bench.baseline.measure ROWS` under its settings; prints one JSON object.
"""

from __future__ import annotations

import json
import sys

import django
from django.core.management import call_command

from tests.bench._figures import once
from tests.bench._rows import csv_text, protection_refs


def main() -> int:
    rows = int(sys.argv[1])
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # its own tables, without migrations
    from tests.bench.baseline.models import Protection

    Protection.objects.bulk_create(
        (Protection(ref=ref, official="") for ref in protection_refs(rows)), batch_size=2_000
    )
    text = csv_text(rows)
    preview_seconds, page_bytes = _preview(text)
    found = {
        "preview_seconds": preview_seconds,
        "page_bytes": page_bytes,
        "import_seconds": once(lambda: _import(text)),
    }
    print(json.dumps(found))
    return 0


def _import(text: str) -> None:
    from tablib import Dataset

    from tests.bench.baseline.admin import ExtensionResource

    table = Dataset().load(text, format="csv")
    result = ExtensionResource().import_data(table, raise_errors=True)
    if result.totals["new"] != len(table):
        raise RuntimeError(f"{result.totals['new']} of {len(table)} rows are new.")


def _preview(text: str) -> tuple[float, int]:
    """Seconds until the whole page is here, and its bytes."""
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("bench"))
    file = SimpleUploadedFile("extensions.csv", text.encode(), "text/csv")
    pages = []
    seconds = once(
        lambda: pages.append(
            client.post("/admin/baseline/extension/import/", {"import_file": file, "format": "0"})
        )
    )
    if b"/admin/baseline/extension/process_import/" not in pages[0].content:
        raise RuntimeError("The baseline showed no preview.")
    return seconds, len(pages[0].content)


if __name__ == "__main__":
    sys.exit(main())
