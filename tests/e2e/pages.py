"""From page to page in a browser, without looking at one that is about to be replaced; and axe.

A click returns before its page has gone. Looking at once, other than by `expect` for what the
next page alone has, may find the old page, or none.
"""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

PASSWORD = "a-Long-enough-1"
WINDOWS = (("light", 1280), ("dark", 360))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_AXE = {
    "runOnly": {"type": "tag", "values": WCAG},
    # Nobody reads the rest, and none of these rules reads the style sheets by itself.
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
}
SETTLE = """() => {
    let moving; // colours fade into another scheme, and faded ones have no contrast
    while ((moving = document.getAnimations()).length) moving.forEach((one) => one.finish());
}"""


def follow(control):
    """Click on a link or a button and wait until the page to which it leads has loaded."""
    with control.page.expect_navigation():
        control.click()


def send(page):
    """Press Enter where the focus is and wait until the page that comes of it has loaded."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, name):
    """Sign in through the form that is shown; the account has the password above."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Log in"))


def window_for_axe(browser, live_server, *cookies, **options):
    """A context with the cookies, into whose pages axe may bring its own script."""
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, **options)
    context.add_cookies(cookies)
    return context


def faults(page, windows=WINDOWS):
    """Where the page violates WCAG 2.2 AA as far as axe can tell, or is wider than its window.

    The page is shown in each of the windows, a colour scheme and a width in pixels, one after
    another. Gives for each with faults the rules, and some elements that break them.
    """
    found = {}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    for scheme, width in windows:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(SETTLE)
        violations = page.evaluate("(of) => axe.run(of).then((all) => all.violations)", OF_AXE)
        in_window = {
            one["id"]: [node["html"][:150] for node in one["nodes"]][:3] for one in violations
        }
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            in_window["wider than the window"] = needed
        if in_window:
            found[scheme, width] = in_window
    return found
