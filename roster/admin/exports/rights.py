"""What the pages of export and import share: the permission they take, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roster.exchange.resources import RESOURCES, RowResource

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin
else:
    RosterAdmin = object


class CsvPages(RosterAdmin):
    """Mixin of the admin of a model of the CSV contract."""

    @property
    def resource(self) -> type[RowResource]:
        return RESOURCES[self.model.file_stem]

    def may(self, act: str, request: HttpRequest) -> bool:
        """Whether this user has the model's own permission to `import` or `export`."""
        codename = get_permission_codename(act, self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def csv_page(
        self, request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any
    ) -> TemplateResponse:
        """A page of `roster/exchange/` about this model's file."""
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "stem": self.model.file_stem,
            "title": title,
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"roster/exchange/{template}.html", shown, status=status)
