"""Cells of lists carry the name of their column, which narrow windows show beside them."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString

from roster.admin.display import page_url
from roster.admin.labelled import labelled
from roster.models import Official
from tests.factories import OfficialFactory


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
