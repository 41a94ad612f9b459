"""What history costs: feed, record histories, the past, verification and undo in a long ledger.

`python3 run.py bench history`. The same pages on a short ledger of the same run are the baseline.
"""

from __future__ import annotations

import sys

from tests.bench._running import on_postgresql, on_sqlite

MODULE = "_long_ledger"


def main() -> int:
    """Measure on both engines; 1 if a goal was missed or nothing came."""
    return int(any([on_sqlite(MODULE), on_postgresql(MODULE)]))


if __name__ == "__main__":
    sys.exit(main())
