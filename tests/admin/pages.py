"""Addresses of the admin's pages, and forms sent as a browser would send them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from roster.admin.display import page_url, row_url
from roster.models import Changeset
from tests import factories

FACTORIES = {
    "official": factories.OfficialFactory,
    "role": factories.RoleFactory,
    "threat_source": factories.ThreatSourceFactory,
    "threat": factories.ThreatFactory,
    "protection": factories.ProtectionFactory,
    "extension": factories.ExtensionFactory,
    "source": factories.SourceFactory,
    "paragraph": factories.ParagraphFactory,
    "citation": factories.CitationFactory,
    "importmapping": factories.ImportMappingFactory,
    "user": factories.UserFactory,
    "group": factories.GroupFactory,
}
"""How a row of each kind with pages that write is made."""


class _Form(HTMLParser):
    """The values of a page's last form, as a browser would send them untouched."""

    def __init__(self, html):
        super().__init__()
        self.values, self._name, self._text = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self.values = {}
        elif tag == "input" and name and given.get("type") not in {"submit", "button"}:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.values.setdefault(name, []).append(value or "on" * ("checked" in given))
        elif tag == "textarea":
            self._name, self._text = name, ""
        elif tag == "select":
            self._name = name
        elif tag == "option" and "selected" in given and self._name:
            self.values.setdefault(self._name, []).append(value)

    def handle_data(self, text):
        if self._text is not None:
            self._text += text

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser drops the first line break and sends the others as CR LF.
            text = self._text.removeprefix("\n").replace("\n", "\r\n")
            self.values[self._name], self._text = [text], None


def form_on(page):
    """What the form on a page holds, by field."""
    return _Form(page.content.decode()).values


def send(client, url, *, button="_save", **values):
    """Open the form at `url`, fill in `values` and send it."""
    held = form_on(client.get(url))
    return client.post(url, held | {button: "Save"} | values)


def edits():
    """The changesets of writes through pages; those of migrations and fixtures are others."""
    return Changeset.objects.filter(kind="edit")


def change_page(row):
    return row_url(row)


def page(row, name):
    return page_url(type(row), name, row.pk)


def text_of(response):
    return response.content.decode()


def with_bare_cells(response):
    """The page, the cells of its tables without attributes."""
    return re.sub("<td [^>]*>", "<td>", text_of(response))


class OpenForm:
    """The form of a page as it was when it was opened, to be sent later."""

    def __init__(self, client, url, page=None):
        self.client, self.url = client, url
        self.held = form_on(page or client.get(url))

    def send(self, *, follow=False, **values):
        sent = self.held | {"change_reason": ["Mine"], "_save": "Save"} | values
        return self.client.post(self.url, sent, follow=follow)

    def again(self, response):
        """The same form as the page has it that came back."""
        return OpenForm(self.client, self.url, response)
