"""What evidence costs: counts, queues and the reader on a large roster, quotes in long texts.

`python3 run.py bench evidence`. Each figure stands beside a baseline of the same run.
"""

from __future__ import annotations

import sys

from tests.bench._running import on_postgresql, on_sqlite

OF_TEXTS = "_texts"
ON_ROSTERS = ("_states", "_reader")


def main() -> int:
    """Measure texts once and rosters on both engines; 1 if a goal was missed or nothing came."""
    failed = [on_sqlite(OF_TEXTS)]
    for engine in (on_sqlite, on_postgresql):
        failed += [engine(module) for module in ON_ROSTERS]
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
