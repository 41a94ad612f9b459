"""Search keys in a column: the folded words of a record's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import models

from roster.fields.ruled import TextColumn, TextField
from roster.text.folding import fold, search_key


class SearchKeyField(TextColumn, TextField):
    """The key of `roster.text.folding`, made from the fields `sources` at each save.

    `save` and `bulk_create` make it; `QuerySet.update`, `bulk_update` and `save(update_fields=…)`
    do not, so their callers need `key_of`. It has no index: one for words that may stand anywhere
    does not exist in a B-tree, and PostgreSQL's takes no text as long as many names may get.
    """

    ascii_order = True

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        self.sources = tuple(sources)
        super().__init__(*args, **{**kwargs, "blank": True, "editable": False})

    def key_of(self, instance: models.Model) -> str:
        """The key that the instance's names now call for."""
        names: list[str] = []
        for source in self.sources:
            field = cast("models.Field[Any, Any]", instance._meta.get_field(source))
            value = field.to_python(getattr(instance, source))
            names += [value] if isinstance(value, str) else value
        return search_key(*names)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = self.key_of(model_instance)
        setattr(model_instance, self.attname, key)
        return key

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}


def has_word(path: str, word: str) -> models.Q:
    """That the text at `path` has the word; a search key without case, accents or script."""
    if path == "ref" or path.endswith("__ref"):
        return models.Q(**{f"{path}__contains": word.lower()})  # refs have no upper case
    if not path.endswith("search_key"):
        return models.Q(**{f"{path}__icontains": word})
    parts = fold(word)
    return (
        models.Q(*((f"{path}__contains", part) for part in parts)) if parts else models.Q(pk__in=())
    )
