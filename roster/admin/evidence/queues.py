"""The queues of the evidence: how many there are in each state, and where each one is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from roster.admin.display import EMPTY, Cell, column_heading, page_url
from roster.admin.paging import LongPaginator
from roster.admin.texts.steps import may_write_texts
from roster.dashboards.desk.memory import Memory, Tally
from roster.dashboards.long_queue import LongQueue
from roster.dashboards.queue import QUEUES, Entry, Narrowing, Order
from roster.models import RECORDS, Citation, Paragraph, Source
from roster.models.citations import CITABLE
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import count_states, touched_states

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

ENTRIES_A_PAGE = 50
STATES = Tally("states", count_states, touched_states, follows_the_day=False)
TOLD_OF: tuple[type[models.Model], ...] = (*RECORDS, Source, Paragraph, Citation)
"""What the queues show rows of: they are for those who may view all of it."""
MENDING = {
    EvidenceState.STALE: "Cite the new value, or set it right: the evidence stands on the page of "
    "the record.",
    EvidenceState.UNANCHORED: "Quote the words as they stand in the text, or cite another passage.",
    EvidenceState.DISPUTED: "Weigh both sides on the page of the record. What stays disputed stays "
    "here.",
    EvidenceState.UNSOURCED: "Cite the passage that the value rests on.",
    EvidenceState.UNVERIFIED: "Attach the text of the source, so that the quote is found in it.",
}
"""How what is in each queue gets out of it."""


_NO_CHOICE = {"invalid_choice": "“%(value)s” is not among the choices: take one that is listed."}


class NarrowingForm(forms.Form):
    """Asks what a queue is narrowed to and ordered by; all of it may be left blank."""

    kind = forms.ChoiceField(
        label="Kind of record",
        required=False,
        choices=[("", "All"), *((kind, column_heading(kind)) for kind in CITABLE)],
        error_messages=_NO_CHOICE,
    )
    record = forms.CharField(
        label="Record",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Words of its name or ref, or of the official’s.",
    )
    source = forms.CharField(
        label="Source",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Words of its title, publisher or ref.",
    )
    by = forms.ChoiceField(
        label="Order by",
        required=False,
        choices=[(order.value, order.capitalize()) for order in Order],
        error_messages=_NO_CHOICE,
    )

    def __init__(self, *args: Any, state: EvidenceState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if state is EvidenceState.UNSOURCED:  # what is not cited has no passage in a source
            del self.fields["source"]
            self.fields["by"].choices = self.fields["by"].choices[:-1]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def narrowing(self) -> Narrowing:
        said = self.cleaned_data
        return Narrowing(said["kind"], said["record"], said.get("source", ""))

    @property
    def order(self) -> Order:
        return Order(self.cleaned_data["by"] or Order.RECORD)


class QueuePaginator(LongPaginator):
    """Pages of a queue."""

    object_list: LongQueue

    @classmethod
    def of(cls, queue: Any) -> Self:
        return cls(queue, ENTRIES_A_PAGE)

    def count_up_to(self, most: int) -> int:
        return self.object_list.count_up_to(most)

    def keys(self, start: int, stop: int, *, backwards: bool) -> list[Any]:
        return self.object_list.places(start, stop, backwards=backwards)

    def read(self, keys: list[Any]) -> list[Any]:
        return self.object_list.entries(keys)


@dataclass(frozen=True)
class CountedState:
    """One state of the overview; `url` leads to the list of what is in it."""

    state: EvidenceState
    count: int
    url: str


@dataclass(frozen=True)
class ShownEntry:
    """An entry with the addresses of what it names; `mend` leads to where it is mended."""

    record: Cell
    field: str
    says: str
    cited_for: str
    quote: str
    passage: Cell | None
    mend: Cell | None


def may_see_queues(request: HttpRequest, site: RosterSite) -> bool:
    """Whether this user may view every kind of row that the queues tell of."""
    return all(site.get_model_admin(model).has_view_permission(request) for model in TOLD_OF)


def counted_states(memory: Memory) -> list[CountedState]:
    """Every state and how much is in it, the gravest first."""
    total = memory.total(STATES)
    return [CountedState(state, total[state], _list_url(state)) for state in EvidenceState]


def _list_url(state: EvidenceState) -> str:
    if state in QUEUES:
        return reverse("admin:evidence_queue", args=(state,))
    return f"{page_url(Citation, 'changelist')}?state={state}"


def overview_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """The queues and how much is in each."""
    _refuse_who_may_not_see(request, site)
    counted = counted_states(Memory(timezone.localdate()))
    return _page(request, site, "overview", title="Evidence", counted=counted)


def queue_page(request: HttpRequest, site: RosterSite, state: str) -> TemplateResponse:
    """What is in one state, as the address narrows and orders it; Http404 for no queue."""
    _refuse_who_may_not_see(request, site)
    if state not in QUEUES:
        raise Http404(f"There is no queue {state}.")
    chosen = EvidenceState(state)
    form = NarrowingForm(request.GET, state=chosen)
    context: dict[str, Any] = {}
    if form.is_valid():
        queue = LongQueue(chosen, form.narrowing, form.order)
        page = QueuePaginator.of(queue).get_page(request.GET.get("p"))
        may_mend = _may_mend(chosen, request, site)
        context = {
            "page": page,
            "entries": [_shown(entry, may_mend=may_mend) for entry in page.object_list],
            "may_mend": may_mend,
            "is_narrowed": form.narrowing != Narrowing(),
        }
    return _page(
        request,
        site,
        "queue",
        title=f"Evidence: {chosen}",
        state=chosen,
        states=[(one, _list_url(one)) for one in QUEUES],
        mending=MENDING[chosen],
        form=form,
        is_stale=chosen is EvidenceState.STALE,
        has_passages=chosen is not EvidenceState.UNSOURCED,
        **context,
    )


def _refuse_who_may_not_see(request: HttpRequest, site: RosterSite) -> None:
    if not may_see_queues(request, site):
        raise PermissionDenied


def _may_mend(state: EvidenceState, request: HttpRequest, site: RosterSite) -> bool:
    citations, sources = site.get_model_admin(Citation), cast("Any", site.get_model_admin(Source))
    match state:
        case EvidenceState.UNSOURCED:
            return bool(citations.has_add_permission(request))
        case EvidenceState.UNVERIFIED:
            return may_write_texts(sources, request)
    return bool(citations.has_change_permission(request))


def _shown(entry: Entry, *, may_mend: bool) -> ShownEntry:
    record = Cell(entry.record, page_url(CITABLE[entry.kind], "change", entry.key))
    cited = entry.citation
    return ShownEntry(
        record=record,
        field=column_heading(entry.field),
        says=entry.says or EMPTY,
        cited_for=(cited.value if cited else "") or EMPTY,
        quote=cited.quote if cited else "",
        passage=Cell(f"{cited.source} ¶{cited.paragraph}", page_url(Citation, "change", cited.key))
        if cited
        else None,
        mend=_mend(entry, record.url) if may_mend else None,
    )


def _mend(entry: Entry, record_url: str) -> Cell:
    if entry.citation is None:
        field = (entry.kind, entry.key, entry.field)
        return Cell("Cite", reverse("admin:roster_citation_cite", args=field))
    if entry.state is EvidenceState.UNVERIFIED:
        source = (entry.citation.source_key,)
        return Cell("Attach the text", reverse("admin:roster_source_text", args=source))
    return Cell("Mend", f"{record_url}#evidence")


def _page(
    request: HttpRequest, site: RosterSite, template: str, **context: Any
) -> TemplateResponse:
    request.current_app = site.name
    shown = {**site.each_context(request), **context}
    return TemplateResponse(request, f"roster/evidence/{template}.html", shown)
