"""Steps of an export or import through the admin, and users who may do one of the two."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile

from roster.admin.display import page_url
from roster.models import Changeset, Official
from tests.admin.pages import form_on
from tests.factories import UserFactory


def user_who_may(*acts, model=Official):
    """A staff user with these permissions of the model alone."""
    content_type = ContentType.objects.get_for_model(model)
    user = UserFactory(is_staff=True)
    for act in acts:
        codename = f"{act}_{model._meta.model_name}"
        permission, _made = Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": codename}
        )
        user.user_permissions.add(permission)
    return user


def upload(client, text, *, model=Official, name="officials.csv"):
    """Send a file; the response that follows the redirection to its preview."""
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, content, "text/csv")
    return client.post(page_url(model, "import"), {"file": file}, follow=True)


def confirm(client, preview, *, model=Official, **values):
    """Send the form of a preview page, with a reason unless another is given."""
    sent = form_on(preview) | {"change_reason": "New evidence", "confirm": "Import"} | values
    return client.post(page_url(model, "process_import"), sent, follow=True)


def cancel(client, preview, *, model=Official):
    sent = form_on(preview) | {"cancel": "Cancel"}
    return client.post(page_url(model, "process_import"), sent, follow=True)


def waiting_files():
    """The files that wait to be imported."""
    return sorted((Path(settings.ROSTER_HOME) / "uploads").glob("*.csv"))


def imports():
    return Changeset.objects.filter(kind="import")
