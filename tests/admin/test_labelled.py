"""Cells of lists carry the name of their column, which narrow windows show beside them."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString

from roster.admin.display import page_url
from roster.admin.labelled import beside, labelled
from roster.history.changesets import changeset
from roster.models import Official
from tests.factories import CitationFactory, ExtensionFactory, OfficialFactory


@pytest.mark.parametrize(
    ("cell", "heading", "expected"),
    [
        ('<td class="field-end">—</td>', "end", '<td data-label="End" class="field-end">—</td>'),
        ("<td>x</td>", '<b>"a" & b</b>', '<td data-label="&quot;a&quot; &amp; b">x</td>'),
        ('<th class="field-ref">x</th>', "ref", '<th class="field-ref">x</th>'),
        ("<td><input></td>", '<span><input type="checkbox"></span>', "<td><input></td>"),
    ],
)
def test_a_cell_is_labelled_by_its_heading(cell, heading, expected):
    assert labelled([SafeString(cell)], [{"text": heading}]) == [expected]


@pytest.mark.django_db
def test_the_cells_of_a_list_are_labelled(signed_in):
    OfficialFactory(name="Ada <i>Fernwright</i>")
    page = signed_in.get(page_url(Official, "changelist")).content.decode()
    assert '<td data-label="Country" class="field-country' in page
    assert "Ada <i>" not in page


def test_cells_of_our_own_tables_stand_beside_their_headings():
    assert beside(("a", "b"), ("Ref", "End")) == [("a", "Ref"), ("b", "End")]


def test_a_cell_too_many_is_not_shown_under_no_heading():
    with pytest.raises(ValueError, match="zip"):
        beside(("a", "b"), ("Ref",))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/evidence/unsourced/", "It says"),
        ("/evidence/", "How many"),
        ("/roster/official/import/", "Takes"),
        ("/review/", "Why review"),
        ("/roster/official/{official}/change/", "State"),
        ("/roster/official/{official}/history/", "What changed"),
        ("/roster/official/{official}/change/", "Granted by"),
    ],
)
def test_cells_of_our_own_tables_name_their_columns(signed_in, bob, address, label):
    with changeset(user=bob, reason="Prepared."):
        extension = ExtensionFactory()
        CitationFactory(official=extension.protection.official)
    official = extension.protection.official_id
    page = signed_in.get(address.format(official=official)).content.decode()
    assert f'data-label="{label}"' in page
