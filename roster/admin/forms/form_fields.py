"""How the columns of a row are asked for, on its own page and in place on another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    AdminURLFieldWidget,
    RelatedFieldWidgetWrapper,
)
from django.db import models
from django.http import HttpRequest

from roster.admin import generic
from roster.admin.display import row_text
from roster.admin.forms.date_input import PartialDateInput
from roster.fields import ListField, PartialDateField, ProseField, WebAddressField
from roster.models import Paragraph

if TYPE_CHECKING:
    _Admin = BaseModelAdmin[Any]
else:
    _Admin = object


class RowChoiceField(generic.ModelChoiceField):
    """A choice of a row, named so that it can be told from all others."""

    def label_from_instance(self, obj: models.Model) -> str:
        return row_text(obj)


class FormFields(_Admin):
    """Mixin: the inputs of our own fields, and rows named in full where one is chosen."""

    formfield_overrides: ClassVar[Any] = {
        ListField: {"widget": AdminTextInputWidget},
        WebAddressField: {"widget": AdminURLFieldWidget},
        ProseField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, PartialDateField):
            kwargs["widget"] = PartialDateInput(open_end=db_field.open_end)
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and isinstance(form_field.widget, RelatedFieldWidgetWrapper):
            form_field.widget.can_delete_related = False  # a row is deleted on its own page
        return form_field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("form_class", RowChoiceField)
        if db_field.related_model is Paragraph:
            kwargs.setdefault("queryset", Paragraph.objects.select_related("source"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
