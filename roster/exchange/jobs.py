"""Jobs: an import is handed over and carried out elsewhere, so that no page waits for it.

Without a service each has a process of its own on this machine, which takes its turn; with
`ROSTER_WORKERS` the database keeps it until one of any number of workers takes it. The only module
that knows django-tasks: Django 6 has the same under `django.tasks`.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress

from django.conf import settings
from django_tasks import task

from roster.exchange.import_runs import carry_out_upload
from roster.exchange.uploads import UploadRefused
from roster.models import ImportRun


def hand_over(run: ImportRun) -> None:
    """Have a waiting run carried out, in its own time."""
    if settings.ROSTER_WORKERS:
        carry_out_import.enqueue(run.pk)
    else:
        _start_process(run)


def carry_out_confirmed(key: int, *, in_turn: bool) -> None:
    """Carry out the run of this key, if it still waits; what came of it, its row says."""
    run = ImportRun.objects.select_related("user").filter(pk=key).first()
    if run:
        with suppress(UploadRefused):
            carry_out_upload(run, in_turn=in_turn)


@task()
def carry_out_import(key: int) -> None:
    """What a worker does."""
    carry_out_confirmed(key, in_turn=False)


def _start_process(run: ImportRun) -> None:
    """A process of its own has its own memory, and can be killed without taking pages with it."""
    manage = str(settings.BASE_DIR / "manage.py")
    process = subprocess.Popen(  # noqa: S603 - our own Python and our own command
        [sys.executable, manage, "carry_out_import", str(run.pk)], stdin=subprocess.DEVNULL
    )
    threading.Thread(target=process.wait, daemon=True).start()  # or it stays as a zombie
