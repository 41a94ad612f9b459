"""Walks the site as a reader would: from page to page by the links that are there."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import resolve

# A link in a picture has an object as its href.
LINKS = "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).href)"


def crawl(page, start, visit=lambda page: None):
    """Open a page of each kind that links lead to from `start`, `visit` it; their statuses."""
    ahead, seen = [start], {}
    while ahead:
        address = ahead.pop()
        route = resolve(urlsplit(address).path)
        kind = (route.view_name, route.kwargs.get("app_label"))
        if kind in seen:
            continue
        answer = page.goto(address)
        seen[kind] = answer.status
        visit(page)
        found = page.locator("a[href]").evaluate_all(LINKS)
        ahead += [link for link in found if link.startswith(start) and "/static/" not in link]
    return seen
