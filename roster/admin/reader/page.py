"""The reader: a source as one page, its cited passages highlighted, its words there to be cited."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from roster.admin.display import (
    PARAGRAPHS_A_PAGE,
    Cell,
    column_heading,
    page_url,
    reader_url,
    row_url,
)
from roster.admin.finding.named_records import NamedRecords
from roster.admin.forms.reasons import changeset_of
from roster.admin.reader.form import ReaderForm, records_to_cite
from roster.admin.reader.shown import head_of, shown_paragraphs
from roster.fields.ordinals import LARGEST
from roster.models import Citation, Paragraph, Source
from roster.provenance.reading import read_paragraphs

if TYPE_CHECKING:
    from roster.admin.site import RosterSite
    from roster.models.sources import ParagraphQuerySet

PREFILLED = ("quote", "record", "field")
"""Fields of the form that its address may fill in."""
_NUMBER = re.compile("[0-9]{1,10}")


def reader_urls(site: RosterSite) -> list[URLPattern]:
    """The addresses of the reader, below those of the sources."""

    def read(request: HttpRequest, key: int) -> HttpResponse:
        return reader_page(request, site, key)

    def records(request: HttpRequest, key: int) -> HttpResponse:
        return suggested_records(request, site, key)

    return [
        path("<int:key>/read/", site.admin_view(read), name="roster_source_read"),
        path("<int:key>/read/records/", site.admin_view(records), name="roster_source_records"),
    ]


def may_read(request: HttpRequest, site: RosterSite) -> bool:
    """Whether this user may view sources and their paragraphs."""
    pages = map(site.get_model_admin, (Source, Paragraph))
    return all(page.has_view_permission(request) for page in pages)


def reader_page(request: HttpRequest, site: RosterSite, key: int) -> HttpResponse:
    """The source to read; with `?cite=NUMBER` the form below that paragraph, which POST sends.

    `alone` in the address asks for the form without the page around it.
    """
    source = _source(request, site, key)
    paragraph = _paragraph_to_cite(request, site, source)
    form = None
    if paragraph is None and request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if paragraph:
        form = ReaderForm(
            request.POST if request.method == "POST" else None,
            paragraph=paragraph,
            records=NamedRecords(request, site),
            initial={name: request.GET.get(name, "") for name in PREFILLED},
        )
        if request.method == "POST" and (saved := _saved(request, form)):
            return saved
    request.current_app = site.name
    context: dict[str, Any] = {"source": source, "form": form, "citing": paragraph} | _urls(source)
    if paragraph:
        context["reader_url"] = reader_url(paragraph)
    if "alone" in request.GET:
        return TemplateResponse(request, "roster/reader/_form.html", context)
    context |= site.each_context(request) | {"title": source.title, "head": head_of(source)}
    context |= _read(request, site, source, paragraph)
    return TemplateResponse(request, "roster/reader/page.html", context)


def suggested_records(request: HttpRequest, site: RosterSite, key: int) -> JsonResponse:
    """Records to cite, for what is typed so far."""
    source = _source(request, site, key)
    if not site.get_model_admin(Citation).has_add_permission(request):
        raise PermissionDenied
    return records_to_cite(NamedRecords(request, site), source, request.GET.get("q", ""))


def _source(request: HttpRequest, site: RosterSite, key: int) -> Source:
    if not may_read(request, site):
        raise PermissionDenied
    source = Source.objects.select_related("supersedes").filter(pk=key).first()
    if source is None:
        raise Http404(f"There is no source {key}.")
    return source


def _paragraph_to_cite(request: HttpRequest, site: RosterSite, source: Source) -> Paragraph | None:
    asked = request.GET.get("cite", "")
    if not asked:
        return None
    if not site.get_model_admin(Citation).has_add_permission(request):
        raise PermissionDenied
    number = _number(asked)
    found = source.paragraphs.filter(number=number).first() if number else None
    if found is None:
        raise Http404(f"There is no paragraph {asked} of {source.ref}.")
    found.source = source
    return found


def _saved(request: HttpRequest, form: ReaderForm) -> HttpResponse | None:
    """Where to go once what the form says is cited; None if it was refused."""
    with changeset_of(request):
        if not form.is_valid():
            return None
        citation = form.save()
    record = citation.record
    heading = column_heading(citation.field).lower()
    messages.success(request, f"Cited {citation.paragraph} for the {heading} of {record}.")
    address, _, _ = reader_url(citation.paragraph).partition("#")
    return redirect(f"{address}#c{citation.pk}")


def _urls(source: Source) -> dict[str, str]:
    return {
        "source_url": row_url(source),
        "reader_url": reader_url(source),
        "form_url": reader_url(source),
        "records_url": page_url(Source, "records", source.pk),
    }


def _read(
    request: HttpRequest, site: RosterSite, source: Source, citing: Paragraph | None
) -> dict[str, Any]:
    """The page of paragraphs that the address asks for."""
    citations = site.get_model_admin(Citation)
    may_see = citations.has_view_permission(request)
    every: ParagraphQuerySet = source.paragraphs.order_by("number")
    only_unused = may_see and citing is None and request.GET.get("show") == "unused"
    unused = list(every.not_cited().values_list("number", flat=True)) if may_see else []
    page = _page(request, every.not_cited() if only_unused else every, citing)
    listed = list(page.object_list)
    for paragraph in listed:
        paragraph.source = source
    read = read_paragraphs(listed, with_citations=may_see)
    following = {} if only_unused else dict(pairwise(unused))
    after = {
        paragraph.number: _lead(source, following[paragraph.number])
        for paragraph in listed
        if paragraph.number in following
    }
    return {
        "paragraphs": shown_paragraphs(read, after, request, site),
        "page": page,
        "shows_citations": may_see,
        "may_cite": citations.has_add_permission(request),
        "unused_count": len(unused),
        "citing_number": str(citing.number) if citing else "",
        "first_unused": _lead(source, unused[0]) if unused else None,
        "only_unused": only_unused,
    }


def _lead(source: Source, number: int) -> Cell:
    """The way to a paragraph of the source."""
    return Cell(f"¶{number}", reader_url(Paragraph(source=source, number=number)))


def _page(
    request: HttpRequest, chosen: ParagraphQuerySet, citing: Paragraph | None
) -> Page[Paragraph]:
    paginator = Paginator(chosen, PARAGRAPHS_A_PAGE)
    number = citing.number if citing else _number(request.GET.get("at", ""))
    if number is None:
        return paginator.get_page(request.GET.get("p"))
    before = chosen.filter(number__lt=number).count()
    return paginator.get_page(before // PARAGRAPHS_A_PAGE + 1)


def _number(text: str) -> int | None:
    """The number that an address gives; None of what no paragraph can have."""
    number = int(text) if _NUMBER.fullmatch(text) else 0
    return number if 1 <= number <= LARGEST else None
