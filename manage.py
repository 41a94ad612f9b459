#!/usr/bin/env python
"""Django's command line for Roster; `python3 run.py manage …` calls it inside the environment."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:  # its sentence names the setting and what it takes
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
