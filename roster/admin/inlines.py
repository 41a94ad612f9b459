"""Rows edited in place: roles, threats and protections on their official's page, and so on.

All that a page writes in place is in the one changeset of its form. A row is deleted on its own
page, which says what rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from roster.admin import generic
from roster.admin.display import (
    LinkedTable,
    Related,
    in_words,
    page_url,
    row_url,
)
from roster.admin.evidence.recite import recital_of
from roster.admin.forms.editing import editing_of
from roster.admin.forms.form_fields import FormFields
from roster.admin.forms.record_forms import RecordForm
from roster.history.past.versions import with_version
from roster.models import Citation, Protection, ProtectionExtension, Role, Threat
from roster.models.records import Record
from roster.periods import Certainty
from roster.provenance.standing import gravest_states
from roster.provenance.states import EvidenceState

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin as _Page
    from roster.admin.site import RosterSite
else:
    _Page = object

MOST_IN_PLACE = 20
"""Rows of one kind that are edited on another's page; more of them are listed with links."""


@dataclass(frozen=True)
class RowHeading:
    """What stands for a row while its fields are folded away.

    `evidence` is the gravest state of its fields; None also for who may not view citations.
    """

    text: str
    period: str
    certainty: Certainty
    evidence: EvidenceState | None
    url: str
    delete_url: str


class RowFormSet(generic.InlineFormSet):
    """Forms of rows in place, which make blank refs that differ from each other's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.given_refs: set[str] = set()
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"given_refs": self.given_refs}

    def get_queryset(self) -> Any:
        """The rows; of a form that was sent, one a row that it had, blank where that is gone.

        The page of a refused form goes through its rows by these.
        """
        if not self.is_bound:
            return super().get_queryset()
        there = {str(row.pk): row for row in super().get_queryset()}
        sent = (self.data.get(f"{self.add_prefix(n)}-id") for n in range(self.initial_form_count()))
        model: Any = self.model
        return [there.get(str(key)) or model() for key in sent]


class RowsInPlace(FormFields, generic.StackedInline):
    """Records with a period that belong to the record of the page."""

    model: type[Record]
    form = RecordForm
    formset = RowFormSet
    extra = 0
    can_delete = False
    template = "roster/inlines/rows.html"
    ordering = ("ref",)
    relation: ClassVar[str]
    """The name of the relation on the record of the page, which is also the forms' prefix."""
    listed_below: ClassVar[Related | None] = None
    """Rows that are listed below each row, by one of its relations."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        below = (self.listed_below.relation,) if self.listed_below else ()
        rows = with_version(rows)
        return rows.with_in_force(timezone.localdate()).prefetch_related(*below)  # type: ignore[no-any-return]  # of records with a period

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [column for column in self.model.columns if column != self.fk_name]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        recital = recital_of(request, cast("RosterSite", self.admin_site))
        form = editing_of(request).form(recital.form(self.form))
        return super().get_formset(request, obj, form=form, **kwargs)

    def heading(self, row: Any, evidence: EvidenceState | None) -> RowHeading:
        """The folded row as text; `row` has `in_force`."""
        return RowHeading(
            text=self.words(row),
            period=f"{in_words(row.start)} – {in_words(row.end)}",
            certainty=Certainty(row.in_force),
            evidence=evidence,
            url=row_url(row),
            delete_url=page_url(self.model, "delete", row.pk),
        )

    def words(self, row: Any) -> str:
        """What the row says, without its period."""
        raise NotImplementedError

    def table_below(self, row: Any, request: HttpRequest) -> LinkedTable | None:
        """The rows listed below a row, which were fetched with it, if this user may view them."""
        below, site = self.listed_below, cast("RosterSite", self.admin_site)
        if below is None or not below.may_be_seen(row, request, site):
            return None
        return below.listing(getattr(row, below.relation).all())


class RolesInPlace(RowsInPlace):
    model = Role
    fk_name = "official"
    relation = "roles"

    def words(self, row: Role) -> str:
        return ", ".join(filter(None, (row.title, row.organization)))


class ThreatsInPlace(RowsInPlace):
    model = Threat
    fk_name = "official"
    relation = "threats"
    autocomplete_fields = ("threat_source",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("threat_source")

    def words(self, row: Threat) -> str:
        return (
            f"{row.get_kind_display()} by {row.threat_source}, {row.get_status_display().lower()}"
        )


class ProtectionsInPlace(RowsInPlace):
    model = Protection
    fk_name = "official"
    relation = "protections"
    listed_below = Related(
        "extensions",
        ("ref", "number", "decided", "start", "end", "granted_by"),
        title="Extensions",
    )

    def words(self, row: Protection) -> str:
        provider = f" by {row.provider}" if row.provider else ""
        return f"Level: {row.get_level_display().lower()}{provider}"


class ExtensionsInPlace(RowsInPlace):
    model = ProtectionExtension
    fk_name = "protection"
    relation = "extensions"

    def words(self, row: ProtectionExtension) -> str:
        number = f"No. {row.number}" if row.number else row.ref
        granted = f", granted by {row.granted_by}" if row.granted_by else ""
        return f"{number}{granted}, decided: {in_words(row.decided)}"


class EditedInPlace(_Page):
    """Mixin: the page of a record on which rows that belong to it are edited in place."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """None for a record that is not there yet; of the others, those that a form can hold."""
        if obj is None or obj.pk is None:
            return []
        return [inline for inline in self.inlines if _fits(inline, request, obj)]

    def lock(self, rows: models.QuerySet[Any]) -> None:
        super().lock(rows)
        for inline in self.inlines:
            in_place = inline.model._base_manager.filter(**{f"{inline.fk_name}__in": rows})
            super().lock(in_place.order_by("pk"))

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> Any:
        shown = super().get_inline_formsets(request, formsets, inline_instances, obj)
        sees_evidence = self.admin_site.get_model_admin(Citation).has_view_permission(request)
        for inline_formset in shown:
            inline, forms = inline_formset.opts, inline_formset.formset.initial_forms
            if not forms:
                continue
            # As they are in the database: those of a form that was refused have what was typed.
            stored = inline.get_queryset(request).filter(**{inline.fk_name: obj})
            rows = {row.pk: row for row in stored}
            states = gravest_states(list(rows.values())) if sees_evidence else {}
            for form in forms:
                if row := rows.get(form.instance.pk):
                    form.heading = inline.heading(row, states.get(row.pk))
                    form.table_below = inline.table_below(row, request)
        return shown

    def linked_tables(self, request: HttpRequest, record: models.Model) -> list[LinkedTable]:
        in_place = {inline.relation for inline in self.get_inlines(request, record)}
        return [
            related.table(record, request, self.admin_site)
            for related in self.related
            if related.relation not in in_place
            and related.may_be_seen(record, request, self.admin_site)
        ]


def _fits(inline: Any, request: HttpRequest, record: models.Model) -> bool:
    """Whether the rows are edited in place: as the form that was sent has them, or as they are."""
    if request.method == "POST":
        return f"{inline.relation}-TOTAL_FORMS" in request.POST
    return bool(getattr(record, inline.relation).count() <= MOST_IN_PLACE)
