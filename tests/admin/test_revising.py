"""A new version of a source on screen: what it touches first, confirmed once, in one changeset."""

from __future__ import annotations

import pytest

from roster.admin.display import row_url
from roster.history.changesets import changeset
from roster.models import Citation, Paragraph, Source
from tests.admin.exchanging import user_who_may
from tests.admin.pages import edits, form_on, text_of
from tests.admin.texting import confirm, give, text_url
from tests.factories import CitationFactory, OfficialFactory
from tests.provenance.texts import NOTICE, as_text, fingerprinted

CHANGED = NOTICE[2].replace("spring fair", "autumn fair")
REVISED = (NOTICE[3], NOTICE[0], CHANGED, NOTICE[4])
NEAR = "stay until the spring fair, the council decided by nine votes"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def old(db):
    with changeset(reason="Prepared.", kind="command"):
        source = fingerprinted(with_text=True)
        official = OfficialFactory(ref="odile-farrow", name="Odile Farrow")
        for number, quote in ((1, "two guards"), (2, "nobody saw the letter"), (3, NEAR)):
            row = Paragraph.objects.get(source=source, number=number)
            CitationFactory(paragraph=row, official=official, quote=quote, value="Odile Farrow")
        return source


def preview_of(client, old, texts=REVISED):
    return give(client, old, as_text(texts), page="revise")


def on_new_version():
    """The quotes of the citations that rest on a version that supersedes another."""
    return set(
        Citation.objects.filter(paragraph__source__supersedes__isnull=False).values_list(
            "quote", flat=True
        )
    )


def test_the_preview_says_first_which_facts_are_touched(signed_in, old):
    page = text_of(preview_of(signed_in, old))
    assert page.index("Which facts does this correction touch?") < page.index("<h2>Paragraphs")
    assert f"<q>{NEAR}</q>" in page
    assert "<q>stay until the autumn fair, the council decided by nine votes</q>" in page
    assert "¶3 → ¶3, 91 % alike" in page
    assert "until the <del>spring </del>fair" in page
    assert "until the <ins>autumn </ins>fair" in page
    assert "¶2: gone" in page
    assert "<q>two guards</q>" not in page


def test_it_is_confirmed_with_a_reason_in_one_changeset(signed_in, old):
    done = confirm(signed_in, old, preview_of(signed_in, old), page="revise")
    new = Source.objects.get(supersedes=old)
    assert done.redirect_chain[-1][0] == row_url(new)
    assert "2 citations moved to this version; 1 left on" in text_of(done)
    assert on_new_version() == {"two guards", NEAR}
    assert edits().get().reason == "Own copy"


def test_what_is_unticked_stays(signed_in, old):
    confirm(signed_in, old, preview_of(signed_in, old), page="revise", carry="")
    assert on_new_version() == {"two guards"}


def test_a_missing_reason_keeps_what_was_unticked(signed_in, old):
    preview = preview_of(signed_in, old)
    assert len(form_on(preview)["carry"]) == 1
    again = confirm(signed_in, old, preview, page="revise", carry="", change_reason="")
    assert "Say in a few words why" in text_of(again)
    assert "carry" not in form_on(again)


def test_a_version_that_is_here_is_compared_and_taken(signed_in, old):
    newer = fingerprinted(REVISED, ref="newer", with_text=True)
    give_page = text_of(signed_in.get(text_url(old, "revise")))
    assert '<option value="newer">' in give_page
    preview = signed_in.get(text_url(old, "revise"), {"newer": "newer"})
    done = confirm(signed_in, old, preview, page="revise")
    assert done.redirect_chain[-1][0] == row_url(newer)
    newer.refresh_from_db()
    assert newer.supersedes == old
    assert on_new_version() == {"two guards", NEAR}


def test_the_second_confirmation_of_a_version_that_is_here_is_refused(signed_in, old):
    fingerprinted(REVISED, ref="newer", with_text=True)
    preview = signed_in.get(text_url(old, "revise"), {"newer": "newer"})
    confirm(signed_in, old, preview, page="revise")
    assert "after the preview" in text_of(confirm(signed_in, old, preview, page="revise"))


def test_a_preview_of_a_version_that_is_here_can_be_cancelled(signed_in, old):
    fingerprinted(REVISED, ref="newer")
    preview = signed_in.get(text_url(old, "revise"), {"newer": "newer"})
    done = confirm(signed_in, old, preview, page="revise", button="cancel")
    assert done.redirect_chain[-1][0] == row_url(old)
    assert on_new_version() == set()


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("nowhere", "There is no source “nowhere”"),
        ("notice", "cannot be its own new version"),
        ("", "This field is required"),
    ],
)
def test_a_version_that_cannot_be_taken_is_asked_for_again(signed_in, old, ref, says):
    page = text_of(signed_in.get(text_url(old, "revise"), {"newer": ref}))
    assert says in page
    assert "Or give its text" in page


def test_a_version_that_touches_nothing_says_so(signed_in, old):
    page = text_of(preview_of(signed_in, old, NOTICE))
    assert "None: every cited paragraph is the same." in page


def test_more_than_a_page_bears_is_counted_and_left(signed_in, old, monkeypatch):
    monkeypatch.setattr("roster.admin.texts.revision_previews.MOST_SHOWN", 1)
    CitationFactory(paragraph=Paragraph.objects.get(number=3), quote=f"The guards {NEAR}")
    preview = preview_of(signed_in, old)
    assert "2 more are touched" in text_of(preview)
    assert "2 more paragraphs are not the same" in text_of(preview)
    confirm(signed_in, old, preview, page="revise")
    assert len(on_new_version()) == 2


def test_who_may_not_move_citations_may_not_revise(client, old):
    user = user_who_may("view", "add", "change", model=Source)
    for permission in user_who_may("add", "change", model=Paragraph).user_permissions.all():
        user.user_permissions.add(permission)
    client.force_login(user)
    assert client.get(text_url(old, "revise")).status_code == 403
    page = text_of(client.get(row_url(old)))
    assert "Attach text" in page
    assert "New version" not in page
