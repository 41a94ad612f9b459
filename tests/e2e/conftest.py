"""A page in a real Chromium, for the tests that show what an analyst sees."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import chromium

# A busy machine is slow, not wrong: what is expected takes as long as an act may.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the run; where there is none, its tests are reported as not run."""
    path = chromium.executable()
    if path is None:
        pytest.skip(chromium.MISSING)
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = os.geteuid() != 0  # which Chromium refuses to root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, live_server):
    """An empty page whose addresses begin at the live server; an error in its script fails."""
    errors: list[str] = []
    context = browser.new_context(base_url=live_server.url)
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors
