"""Rules between the columns of one row: in the database, and in Python without a query."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.utils import DEFAULT_DB_ALIAS

from roster.fields.dates import PartialDateBound


class Rule(models.CheckConstraint):
    """A rule of one row with its sentence for the analyst.

    `condition` is the rule for the database and `holds` the same rule in Python; `field` is where
    the sentence belongs. Where no field of that name is being validated, the sentence is of the
    whole row. The error's code is the name of the rule. Migrations keep a plain CheckConstraint.
    """

    condition: Q

    def __init__(
        self,
        *,
        condition: Q,
        name: str,
        sentence: str,
        field: str,
        holds: Callable[[Any], bool],
    ) -> None:
        self.sentence, self.field, self.holds = sentence, field, holds
        super().__init__(
            condition=condition,
            name=name,
            violation_error_code=name,
            violation_error_message=sentence.replace("%", "%%"),
        )

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        excluded = exclude or ()
        # A rule says nothing of a value that is refused already.
        if any(_is_refused(field, instance) for field in self.rests_on(model, excluded)):
            return
        if self.holds(instance):
            return
        error = ValidationError(self.sentence, code=self.name)
        if self.field in {field.name for field in model._meta.fields} - set(excluded):
            raise ValidationError({self.field: error})
        raise error

    def clone(self) -> Self:
        return copy.copy(self)

    def deconstruct(self) -> Any:
        _, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs

    def rests_on(
        self, model: type[models.Model], among: Collection[str]
    ) -> Iterator[models.Field[Any, Any]]:
        """The fields of `among` on which the rule rests, through a bound included."""
        return (field for field in self.fields_of(model) if field.name in among)

    def fields_of(self, model: type[models.Model]) -> list[models.Field[Any, Any]]:
        """The fields on which the rule rests, in the model's order; of a bound, its date."""
        names = self.condition.referenced_base_fields
        rests_on = {
            field.source if isinstance(field, PartialDateBound) else field.name
            for field in model._meta.local_fields
            if field.name in names
        }
        return [field for field in model._meta.local_fields if field.name in rests_on]


class PeriodRule(Rule):
    """That some reading of a period is possible: its end can lie on or after its start."""

    def __init__(
        self,
        *,
        name: str,
        start: str = "start",
        end: str = "end",
        sentence: str | None = None,
    ) -> None:
        earliest, latest = f"{start}_earliest", f"{end}_latest"
        super().__init__(
            name=name,
            condition=Q(**{f"{earliest}__lte": F(latest)}),
            sentence=sentence
            or f"The {end} lies before the {start}: give dates whose {end} can be on or after "
            f"the {start}.",
            field=end,
            holds=lambda row: bool(getattr(row, earliest) <= getattr(row, latest)),
        )


def _is_refused(field: models.Field[Any, Any], instance: models.Model) -> bool:
    """Whether the value of a field cannot stand by itself; asks no query."""
    if field.is_relation:
        return False
    try:
        field.clean(getattr(instance, field.attname), instance)
    except ValidationError:
        return True
    return False
