"""Every page that a link leads to, as each group: nothing on it breaks the content policy."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group

from roster.access.groups import GROUPS
from roster.history.changesets import changeset
from tests.e2e.crawling import crawl
from tests.factories import CitationFactory, ExtensionFactory, ThreatFactory, UserFactory

REPORT = """
document.addEventListener("securitypolicyviolation", (violation) => {
  report(`${violation.effectiveDirective} ${violation.blockedURI}`);
});
"""


@pytest.fixture(params=GROUPS)
def member(request, live_server, client, page):
    """The page of a member of the group, signed in, on a roster with a row of each kind."""
    with changeset(reason="Prepared.", kind="command"):
        user = UserFactory(is_staff=True)
        user.groups.set(Group.objects.filter(name=request.param))
        CitationFactory()
        ExtensionFactory()
        ThreatFactory()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


@pytest.fixture
def violations(page):
    """What the browser has refused on any page so far, with the page's address."""
    found = []

    def report(violation):
        found.append((urlsplit(page.url).path, violation))

    page.expose_function("report", report)
    page.add_init_script(REPORT)
    return found


@pytest.mark.first
def test_no_page_breaks_the_content_policy(member, violations, live_server):
    visited = crawl(member, f"{live_server.url}/")
    assert len(visited) > 20
    assert set(visited.values()) == {200}
    assert violations == []


def test_what_breaks_the_content_policy_is_found(page, violations):
    page.goto("/login/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate(
        "const script = document.createElement('script'); script.append('undefined');"
        "document.body.append(script)"
    )
    page.goto("/login/")  # by then the reports are in
    assert [(path, violation.split()[0]) for path, violation in violations] == [
        ("/login/", "style-src-attr"),
        ("/login/", "script-src-elem"),
    ]
