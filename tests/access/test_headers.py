"""Headers: what every page forbids the browser, and that no copy of it is kept."""

from __future__ import annotations

from contextlib import closing

import pytest

from roster.admin.display import page_url
from roster.models import Official
from tests.factories import OfficialFactory

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PAGES = {
    "sign-in": ("/login/", None, 200),
    "sign-in asked for": ("/roster/official/", None, 302),
    "list": ("/roster/official/", "Viewer", 200),
    "refused": ("/roster/official/add/", "Viewer", 403),
    "not there": ("/roster/nothing/", "Viewer", 404),
    "translations of scripts": ("/jsi18n/", "Viewer", 200),
    "autocomplete": (
        "/autocomplete/?app_label=roster&model_name=role&field_name=official&term=a",
        "Viewer",
        200,
    ),
    "bad request": ("/roster/changeset/?user__password__startswith=a", "Viewer", 400),
}


@pytest.fixture(params=PAGES)
def page(request, client, member):
    address, group, status = PAGES[request.param]
    if group:
        client.force_login(member(group))
    answer = client.get(address)
    assert answer.status_code == status
    return answer


def directives(answer):
    listed = answer["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", 1) for directive in listed)


def test_page_runs_loads_and_sends_to_nothing_but_its_own_host(page):
    assert directives(page) == POLICY


def test_page_is_kept_nowhere(page):
    assert page["Cache-Control"] == "no-store"


def test_page_tells_no_other_host_where_one_was_and_uses_no_device(page):
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(), " in page["Permissions-Policy"]
    assert "=(" not in page["Permissions-Policy"].replace("=()", "")


def test_page_has_no_code_and_no_style_inside(client, member):
    client.force_login(member("Administrator"))
    official = OfficialFactory()
    for address in (
        "/",
        "/roster/official/",
        page_url(Official, "add"),
        page_url(Official, "change", official.pk),
        page_url(Official, "delete", official.pk),
        page_url(Official, "history", official.pk),
        "/auth/user/add/",
    ):
        text = client.get(address).content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        scripts = text.split("<script")[1:]
        assert all(" src=" in script.partition(">")[0] for script in scripts)


@pytest.mark.parametrize("address", ["/static/roster/icon.svg", "/static/admin/css/base.css"])
def test_static_file_may_be_kept_and_runs_nothing(client, db, address):
    with closing(client.get(address)) as answer:
        assert answer.getvalue()
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]
    assert directives(answer) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_static_file_that_is_not_there_is_a_page_like_others(client, db):
    answer = client.get("/static/nothing.js")
    assert answer["Cache-Control"] == "no-store"
    assert directives(answer) == POLICY
