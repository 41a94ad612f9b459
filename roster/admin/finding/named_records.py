"""Records by what people call them: `kind:ref`, a ref, or a whole name; and those to suggest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.http import HttpRequest

from roster.fields import SearchKeyField
from roster.models import Citation, Source
from roster.models.citations import CITABLE
from roster.models.records import Record
from roster.text.characters import quoted
from roster.text.folding import fold, search_key

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

MOST_SUGGESTED = 12
"""Records suggested at a time, of all kinds together."""
MOST_NAMED = 200
"""Records with these words among their names that are looked through for a whole name."""
ACCEPTED = "give kind:ref, such as official:ada-example, or a whole name"


class NamedRecords:
    """The records that a user may view and cite, found by what is typed; of some `kinds` only."""

    def __init__(
        self, request: HttpRequest, site: RosterSite, kinds: Iterable[str] = tuple(CITABLE)
    ) -> None:
        self._request, self._site = request, site
        self.kinds = {
            kind: CITABLE[kind]
            for kind in kinds
            if site.get_model_admin(CITABLE[kind]).has_view_permission(request)
        }

    def called(self, text: str) -> Record:
        """The one record that is called so; ValidationError, with those it may be, if not one."""
        match found := self.named(text):
            case [record]:
                return record
            case []:
                raise ValidationError(self._none_refusal(text))
        labels = _listed(record.label for record in found[:MOST_SUGGESTED])
        raise ValidationError(f"Several records are called {quoted(text)}: give one of {labels}.")

    def named(self, text: str) -> list[Record]:
        """All records that are called so; of `kind:ref` one at most."""
        kind, colon, ref = text.strip().partition(":")
        if colon and kind in CITABLE:
            return self._with_ref(kind, ref.strip())
        return [record for kind in self.kinds for record in self._with_name(kind, text.strip())]

    def suggested(self, text: str, source: Source | None = None) -> list[Record]:
        """Records in which each word of `text` is found, those cited from `source` first.

        Without any text only those that are cited from the source. One query a kind at most.
        """
        kind, colon, words = text.partition(":")
        kinds = (kind,) if colon and kind in self.kinds else tuple(self.kinds)
        words = words if colon and kind in CITABLE else text
        cited: list[Record] = []
        others: list[Record] = []
        for one in kinds:
            for record in self._search(one, words, source):
                (cited if record.is_cited else others).append(record)
        return [*cited, *others][:MOST_SUGGESTED]

    def _search(self, kind: str, words: str, source: Source | None) -> Iterator[Any]:
        model_admin = self._site.get_model_admin(CITABLE[kind])
        of_source = Citation.objects.filter(**{kind: OuterRef("pk")}, paragraph__source=source)
        rows: Any = CITABLE[kind]._default_manager.annotate(is_cited=Exists(of_source))
        if words.strip():
            rows, _ = model_admin.get_search_results(self._request, rows, words)
        else:
            rows = rows.filter(is_cited=True)
        return iter(rows.order_by("-is_cited", "ref")[:MOST_SUGGESTED])

    def _with_ref(self, kind: str, ref: str) -> list[Record]:
        return list(self.kinds[kind]._default_manager.filter(ref=ref)) if kind in self.kinds else []

    def _with_name(self, kind: str, text: str) -> list[Record]:
        rows: Any = CITABLE[kind]._default_manager
        keys = [field for field in CITABLE[kind]._meta.fields if isinstance(field, SearchKeyField)]
        words = fold(text)
        if not keys or not words:
            return list(rows.filter(ref=text))
        has_words = Q(*((f"{keys[0].name}__contains", word) for word in words))
        among = rows.filter(Q(ref=text) | has_words).order_by(Length(keys[0].name), "ref")
        return [
            record
            for record in among[:MOST_NAMED]
            if record.ref == text or search_key(text) in _names(record, keys[0])
        ]

    def _none_refusal(self, text: str) -> str:
        nearest = self.suggested(text)
        perhaps = f" Perhaps one of these is meant: {_listed(one.label for one in nearest)}."
        sentence = f"There is no record {quoted(text)}: {ACCEPTED}."
        return sentence + perhaps if nearest else sentence


def _names(record: Record, key: SearchKeyField) -> set[str]:
    """The search key of each of the record's names by itself."""
    names: set[str] = set()
    for source in key.sources:
        value = getattr(record, source)
        names |= {search_key(name) for name in ([value] if isinstance(value, str) else value)}
    return names


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(labels)
