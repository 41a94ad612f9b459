"""What the ledger costs: capture beside the same writes without triggers, and closing changesets.

`python3 run.py bench ledger`.
"""

from __future__ import annotations

import sys

from tests.bench._running import on_postgresql, on_sqlite


def main() -> int:
    """Measure on both engines; 1 if a measurement broke off or an engine misses its goal."""
    failed = [on_sqlite("_capture"), on_postgresql("_capture"), on_postgresql("_closing")]
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
