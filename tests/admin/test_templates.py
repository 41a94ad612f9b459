"""Templates hold no inline style and no inline script: a strict policy would refuse them."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|\|safe\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    "template", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
)
def test_template_has_nothing_inline_and_escapes_all(template):
    assert not INLINE.search((TEMPLATES / template).read_text())
