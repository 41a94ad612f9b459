"""Bundles on disk, looked into and spoiled."""

import hashlib
import json

from roster.exchange.datapackage import FILE_NAME


def contents(folder):
    """The bytes of each file by its name."""
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def describe_anew(bundle, name):
    """Make the description fit a file that a test has edited."""
    path = bundle / FILE_NAME
    package = json.loads(path.read_text())
    content = (bundle / name).read_bytes()
    for entry in package["resources"]:
        if entry["path"] == name:
            entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
            entry["bytes"] = len(content)
    path.write_text(json.dumps(package))
