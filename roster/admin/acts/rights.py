"""Who may act on protections, and the addresses at which they do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.http import HttpRequest

from roster.actions import end_protections, extend_protections, open_protections
from roster.admin.display import page_url
from roster.admin.undo.rights import may_write
from roster.models import Citation, Official, Paragraph, Protection, ProtectionExtension
from roster.models.changes import Act

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

EXTEND, END, OPEN = extend_protections.VERB, end_protections.VERB, open_protections.VERB
KEYS = "keys"
"""The parameter of an act's address that lists the keys of the records, by commas."""

_WRITES: dict[str, tuple[tuple[type[models.Model], Act], ...]] = {
    EXTEND: ((Protection, Act.UPDATE), (ProtectionExtension, Act.INSERT)),
    END: ((Protection, Act.UPDATE),),
    OPEN: ((Protection, Act.INSERT),),
}
_TELLS: dict[str, tuple[type[models.Model], ...]] = {
    EXTEND: (Official, Protection, ProtectionExtension),
    END: (Official, Protection, ProtectionExtension),
    OPEN: (Official, Protection),
}
"""What a preview names: the last decision, and extensions that reach beyond an end."""
_PAGES: dict[str, tuple[type[models.Model], str]] = {
    EXTEND: (Protection, "extend"),
    END: (Protection, "end"),
    OPEN: (Official, "protect"),
}


def may_act(request: HttpRequest, site: RosterSite, verb: str) -> bool:
    """Whether this user may write all that the act writes, and view all that it tells of."""
    return _may_view(request, site, _TELLS[verb]) and all(
        may_write(request, site, model, act) for model, act in _WRITES[verb]
    )


def may_cite(request: HttpRequest, site: RosterSite) -> bool:
    """Whether this user may give the act its evidence."""
    return _may_view(request, site, (Paragraph,)) and all(
        may_write(request, site, Citation, act) for act in (Act.INSERT, Act.UPDATE)
    )


def act_url(verb: str, keys: Iterable[int]) -> str:
    """The address at which the act asks what it needs, for the records with these keys."""
    model, page = _PAGES[verb]
    return f"{page_url(model, page)}?{KEYS}={','.join(map(str, keys))}"


def _may_view(request: HttpRequest, site: RosterSite, shown: Iterable[type[models.Model]]) -> bool:
    return all(site.get_model_admin(model).has_view_permission(request) for model in shown)
