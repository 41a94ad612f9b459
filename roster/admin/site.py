"""The site that analysts work in: Django's admin under our name, its only log the ledger."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from roster.admin.base import RosterAdmin, delete_selected
from roster.admin.changes import ChangeAdmin, ChangesetAdmin
from roster.admin.citations import CitationAdmin
from roster.admin.desk.page import desk
from roster.admin.display import EMPTY, row_text
from roster.admin.evidence.queues import overview_page, queue_page
from roster.admin.exports.bundles import bundle_page
from roster.admin.feed.page import feed_page
from roster.admin.finding.keys import keys_page, places
from roster.admin.finding.page import find_page
from roster.admin.forms.date_input import date_meaning
from roster.admin.imports.run_pages import ImportRunAdmin
from roster.admin.mappings import ImportMappingAdmin
from roster.admin.officials import OfficialAdmin
from roster.admin.protected import protected_page
from roster.admin.protections import ExtensionAdmin, ProtectionAdmin
from roster.admin.review.pages import review_page, review_queue_page
from roster.admin.roles import RoleAdmin
from roster.admin.sources import ParagraphAdmin, SourceAdmin
from roster.admin.threats import ThreatAdmin, ThreatSourceAdmin
from roster.admin.timeline.roster_page import roster_timeline_page
from roster.admin.trust.page import acknowledge_page, trust_page
from roster.admin.undo.deleted import deleted_page
from roster.admin.undo.restoring import restoring_urls
from roster.admin.users import GroupAdmin, UserAdmin
from roster.history.changesets import changeset
from roster.models import (
    Change,
    Changeset,
    Citation,
    ImportMapping,
    ImportRun,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)

PAGES: dict[type[models.Model], type[RosterAdmin]] = {
    Official: OfficialAdmin,
    Role: RoleAdmin,
    ThreatSource: ThreatSourceAdmin,
    Threat: ThreatAdmin,
    Protection: ProtectionAdmin,
    ProtectionExtension: ExtensionAdmin,
    Source: SourceAdmin,
    Paragraph: ParagraphAdmin,
    Citation: CitationAdmin,
    ImportMapping: ImportMappingAdmin,
    Changeset: ChangesetAdmin,
    Change: ChangeAdmin,
    ImportRun: ImportRunAdmin,
    User: UserAdmin,
    Group: GroupAdmin,
}
"""Every model with pages, in the order in which the index lists them."""


class RowChoices(AutocompleteJsonView):
    """What an autocomplete offers: each row named so that it can be told from all others."""

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": row_text(obj)}


class RosterSite(admin.AdminSite):
    site_header = "Roster"
    site_title = "Roster"
    index_title = "Roster"
    site_url = None  # there is nothing beside the admin
    empty_value_display = EMPTY

    @property
    def tables_with_pages(self) -> frozenset[str]:
        """The tables whose rows have a page here."""
        return frozenset(model._meta.db_table for model in PAGES)

    def tables_viewed_by(self, request: HttpRequest) -> frozenset[str]:
        """The tables of which this user may view the rows."""
        return frozenset(
            model._meta.db_table
            for model in PAGES
            if self.get_model_admin(model).has_view_permission(request)
        )

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Django's page on which one changes one's own password; it asks for no reason."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        with changeset(user=request.user, reason="Change one's own password.", kind="edit"):
            return super().password_change(request, extra_context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return context | {"places": places(request, self) if context["has_permission"] else []}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own: list[URLPattern | URLResolver] = [
            path("find/", self.admin_view(self.find_view), name="find"),
            path("keys/", self.admin_view(self.keys_view), name="keys"),
            path("feed/", self.admin_view(self.feed_view), name="feed"),
            path("protected/", self.admin_view(self.protected_view), name="protected"),
            path("timeline/", self.admin_view(self.timeline_view), name="timeline"),
            path("evidence/", self.admin_view(self.evidence_view), name="evidence"),
            path("evidence/<str:state>/", self.admin_view(self.queue_view), name="evidence_queue"),
            path("review/", self.admin_view(self.review_view), name="review"),
            path(
                "review/<int:changeset_id>/",
                self.admin_view(self.review_changeset_view),
                name="review_changeset",
            ),
            *restoring_urls(self),
            path("deleted/", self.admin_view(self.deleted_view), name="deleted"),
            path("trust/", self.admin_view(self.trust_view), name="trust"),
            path(
                "trust/acknowledge/",
                self.admin_view(self.acknowledge_view),
                name="trust_acknowledge",
            ),
            path("bundle/", self.admin_view(self.bundle_view), name="bundle"),
            path("date-meaning/", self.admin_view(date_meaning), name="date_meaning"),
        ]
        return own + super().get_urls()

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**desk(request, self), **(extra_context or {})})

    def find_view(self, request: HttpRequest) -> HttpResponse:
        return find_page(request, self)

    def keys_view(self, request: HttpRequest) -> HttpResponse:
        return keys_page(request, self)

    def feed_view(self, request: HttpRequest) -> HttpResponse:
        return feed_page(request, self)

    def protected_view(self, request: HttpRequest) -> HttpResponse:
        return protected_page(request, self)

    def timeline_view(self, request: HttpRequest) -> HttpResponse:
        return roster_timeline_page(request, self)

    def evidence_view(self, request: HttpRequest) -> HttpResponse:
        return overview_page(request, self)

    def queue_view(self, request: HttpRequest, state: str) -> HttpResponse:
        return queue_page(request, self, state)

    def review_view(self, request: HttpRequest) -> HttpResponse:
        return review_queue_page(request, self)

    def review_changeset_view(self, request: HttpRequest, changeset_id: int) -> HttpResponse:
        return review_page(request, self, changeset_id)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        return deleted_page(request, self)

    def trust_view(self, request: HttpRequest) -> HttpResponse:
        return trust_page(request, self)

    def acknowledge_view(self, request: HttpRequest) -> HttpResponse:
        return acknowledge_page(request, self)

    def bundle_view(self, request: HttpRequest) -> HttpResponseBase:
        return bundle_page(request, self)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast("HttpResponse", RowChoices.as_view(admin_site=self)(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        order = list(PAGES)
        apps = list(self._build_app_dict(request, app_label).values())
        for app in apps:
            app["models"].sort(key=lambda entry: order.index(entry["model"]))
        return sorted(apps, key=lambda app: order.index(app["models"][0]["model"]))


site = RosterSite(name="admin")
site.add_action(delete_selected, "delete_selected")
for model, model_admin in PAGES.items():
    site.register(model, model_admin)
