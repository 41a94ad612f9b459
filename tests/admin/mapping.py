"""Steps of mapping the columns of an upload, as a browser would take them."""

from __future__ import annotations

from roster.admin.display import page_url
from roster.models import Official
from tests.admin.exchanging import upload
from tests.admin.pages import form_on


def open_mapping(client, text, *, model=Official):
    """Send a file and open the page that maps its columns."""
    preview = upload(client, text, model=model)
    return client.get(preview.context["mapping_url"], follow=True)


def send(client, page, *, model=Official, button="preview", **values):
    """Fill in fields, columns of theirs by their name, and send the form with a button."""
    held = form_on(page)
    names = [sample.name for sample in page.context["form"].samples]
    for name, value in values.items():
        held[f"becomes-{names.index(name)}-0" if name in names else name] = value
    return client.post(page_url(model, "map"), held | {button: "on"}, follow=True)
