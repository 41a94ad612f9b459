"""From page to page in a browser, without looking at one that is about to be replaced.

A click returns before its page has gone. Looking at once, other than by `expect` for what the
next page alone has, may find the old page, or none.
"""

from __future__ import annotations

PASSWORD = "a-Long-enough-1"


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
