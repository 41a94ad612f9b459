#!/usr/bin/env python3
"""The one command of Roster: sets itself up, then serves it, tests it, or what --help lists.

Any Python can read this file, so that one that is too old can be told in a sentence.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        "Roster runs on Python 3.11 to 3.14 and this is Python %d.%d: "
        "run it with one of those, for example python3.11 run.py." % sys.version_info[:2]
    )

from config.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
