"""Cells that carry the name of their column, for windows too narrow for a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Sequence[Mapping[str, Any]]) -> list[SafeString]:
    """The cells of one row of a list, each `td` with its column's heading as `data-label`.

    The style sheet shows the label where the headings are out of sight. What heads its row
    needs none.
    """
    return [_with_label(cell, header["text"]) for cell, header in zip(cells, headers, strict=True)]


def _with_label(cell: SafeString, heading: str) -> SafeString:
    text = strip_tags(heading).strip()
    if not text or not cell.startswith("<td"):
        return cell
    label = format_html(' data-label="{}"', capfirst(text))
    return mark_safe(f"<td{label}{cell.removeprefix('<td')}")  # noqa: S308 - both parts are safe


@register.filter
def beside(cells: Sequence[Any], headings: Sequence[str]) -> list[tuple[Any, str]]:
    """Each cell of a row of our own tables with the heading of its column."""
    return list(zip(cells, headings, strict=True))
