"""Save a mapping under a name, to be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from roster.history.changesets import changeset
from roster.models import ImportMapping
from roster.text.characters import quoted

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def save_mapping(
    definition: str,
    *,
    name: str,
    stem: str,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    replaces: bool = False,
) -> ImportMapping:
    """Save what a mapping for the model of this stem declares, under a name that is free.

    With `replaces`, the saved mapping of that name is changed if it is for the same model. Raises
    ValidationError otherwise.
    """
    with changeset(user=user, reason=reason, kind="edit"):
        saved = ImportMapping.objects.select_for_update(of=("self",)).filter(name=name).first()
        if saved is None:
            saved = ImportMapping(name=name, stem=stem)
        elif saved.stem != stem:
            raise ValidationError(
                {"name": f"{quoted(name)} is a mapping for {saved.stem}: choose another name."}
            )
        elif not replaces and saved.definition != definition:
            raise ValidationError(
                {
                    "name": f"There is another mapping {quoted(name)}: choose another name, or "
                    "say that it is to be replaced."
                }
            )
        saved.definition = definition
        saved.full_clean()
        saved.save()
    return saved
