"""The Chromium of this system, for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "There is no Chromium on this system: install the package chromium."


def executable() -> str | None:
    """The path of the first Chromium on PATH, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def install_where_possible() -> None:
    """On Debian, as root, install Chromium when there is none; elsewhere that is the user's act."""
    if executable() or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=environ, check=False)
