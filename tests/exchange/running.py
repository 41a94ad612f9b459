"""Uploads that wait, their runs, and other processes that carry them out."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from roster.exchange.attempts import uploads
from roster.exchange.import_runs import begin_upload
from roster.models import ImportRun

SET_UP = """
import sys, time
import django
django.setup()
from roster.exchange.jobs import carry_out_confirmed
def pause():
    print("paused", flush=True)
    time.sleep(60)
"""


def waiting_upload(user, text, *, stem="officials", name="rows.csv", now=None):
    return uploads().receive(
        [text.encode()],
        owner=str(user.pk),
        stem=stem,
        file_name=name,
        now=now or timezone.now(),
    )


def begun(user, text, *, as_previewed=None, **values):
    """The waiting run of a file that was confirmed without a look at its preview."""
    upload = waiting_upload(user, text, **values)
    return begin_upload(upload, reason="A test.", user=user, as_previewed=as_previewed)


def files():
    """The suffixes of what is kept of uploads."""
    folder = uploads().folder
    return sorted(entry.suffix for entry in folder.iterdir()) if folder.exists() else []


def the_run():
    return ImportRun.objects.get()


def elsewhere(script, *arguments, **environment):
    """A process that runs a script on the database of this test."""
    return subprocess.Popen(
        [sys.executable, "-c", SET_UP + script, *map(str, arguments)],
        env=os.environ | surroundings() | environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )


def surroundings():
    """What the environment tells other processes of the database of this test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
