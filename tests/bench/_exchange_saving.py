"""Another user, in a process of its own, who saves one official again and again."""

from __future__ import annotations

import time
from typing import Any

import django

from tests.bench._figures import once

PAUSE_SECONDS = 0.01
SAVES_ALONE = 20


def save_until(ready: Any, stop: Any, waits: Any) -> None:
    """Save alone a few times, say that it is `ready`, and save on until `stop` is set.

    Puts the longest save of each part into the queue `waits`.
    """
    django.setup()
    from roster.history.changesets import changeset
    from roster.models import Official

    official = Official.objects.order_by("-pk")[0]

    def save() -> None:
        with changeset(reason="Another user."):
            official.summary = f"{time.monotonic()}"
            official.save()

    alone = max(once(save) for _ in range(SAVES_ALONE))
    ready.set()
    longest = 0.0
    while not stop.is_set():
        longest = max(longest, once(save))
        time.sleep(PAUSE_SECONDS)
    waits.put((alone, longest))
