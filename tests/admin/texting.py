"""Steps of the pages that take a source's text, as a browser would go through them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.admin.pages import form_on


def text_url(source, page="text"):
    return reverse(f"admin:roster_source_{page}", args=(source.pk,))


def give(client, source, text, *, page="text"):
    """Paste a text; the response that follows the redirection to its preview."""
    return client.post(text_url(source, page), {"text": text}, follow=True)


def give_file(client, source, content, *, page="text"):
    file = SimpleUploadedFile("notice.txt", content, "text/plain")
    return client.post(text_url(source, page), {"file": file}, follow=True)


def confirm(client, source, preview, *, page="text", button="confirm", **values):
    """Send the form of a preview with a reason unless another is given."""
    sent = form_on(preview) | {"change_reason": "Own copy", button: "Yes"} | values
    return client.post(text_url(source, page), sent, follow=True)
