"""What the tables of the CSV contract have in common; knows no single table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any, ClassVar, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When

from roster.fields import RefField, SearchKeyField
from roster.models.asking import Asked
from roster.periods import Certainty
from roster.text.refs import numbered_ref

SUMMARY_LENGTH = 10_000
"""Characters that a summary, a reason, a motive or a note may have."""
NAME_LENGTH = 500
"""Characters that a name, a title or an organization may have."""
CIRCLE_SHOWN = 10
"""Rows of a circle that a sentence names."""


class Row(models.Model):
    """A row of the CSV contract: it has a file, columns in order, and a key among them."""

    record_kind: ClassVar[str]
    """The word before the colon where a row is named, as in `official:mark-milley`."""
    file_stem: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    """The public CSV columns, in the order of export."""
    key_columns: ClassVar[tuple[str, ...]] = ("ref",)

    class Meta:
        abstract = True
        # Each kind of row has a permission for each; a table's own Meta inherits from Row.Meta.
        default_permissions = ("view", "add", "change", "delete", "import", "export")

    @property
    def label(self) -> str:
        """How messages and JSON name this row: its kind and its key."""
        raise NotImplementedError

    def cell(self, column: str) -> str:
        """What the row's CSV cell of this column says; a blank one is empty or unknown."""
        field = next(field for field in self._meta.concrete_fields if field.name == column)
        if isinstance(field, models.ForeignKey):
            target: Referable | None = getattr(self, column)
            return target.ref if target else ""
        if getattr(self, field.attname) is None:
            return ""
        return str(field.value_to_string(self))


class Referable(Row):
    """A row with a ref: the stable, human-readable public key, unique within its model."""

    ref = RefField()

    class Meta(Row.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def label(self) -> str:
        return f"{self.record_kind}:{self.ref}"

    def ref_base(self) -> str:
        """The ref that the row's own name suggests, free or not."""
        raise NotImplementedError

    def ref_candidates(self) -> Iterator[str]:
        """Refs to try for a row that was given none, the plainest first, without end."""
        base = self.ref_base()
        return (numbered_ref(base, number) for number in count(1))


class Nested(models.Model):
    """Mixin of a row that may be below another of its own kind, by one foreign key, in no circle.

    The rule is across rows, which no constraint can see: forms and imports ask for it.
    """

    upper_column: ClassVar[str]
    """The foreign key to the row above."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        path = circle(self.pk, self._key_above) if self.pk else []
        if len(path) > 1:  # of a row right below itself the table's own rule speaks
            rows: models.QuerySet[Any] = type(self)._default_manager.filter(pk__in=path)
            labels = dict(rows.values_list("pk", "ref"))
            raise ValidationError(
                {self.upper_column: circle_sentence([labels[key] for key in path])}
            )

    def _key_above(self, key: int) -> int | None:
        column = f"{self.upper_column}_id"
        if key == self.pk:
            return getattr(self, column)  # type: ignore[no-any-return]  # of a foreign key
        return type(self)._default_manager.filter(pk=key).values_list(column, flat=True).first()


Key = TypeVar("Key", bound=Hashable)


def circle(start: Key, above: Callable[[Key], Key | None]) -> list[Key]:
    """The keys from `start` upwards when they lead back to it; none when they do not."""
    path = [start]
    while (upper := above(path[-1])) is not None and upper not in path:
        path.append(upper)
    return path if upper == start else []


def circle_sentence(refs: Sequence[str]) -> str:
    """What is wrong with rows each of which is below the next, and the last below the first."""
    most = CIRCLE_SHOWN // 2
    shown = refs if len(refs) <= CIRCLE_SHOWN else [*refs[:most], "…", *refs[-most:]]
    return f"This would close a circle: {' → '.join([*shown, refs[0]])}. Choose another, or none."


class Record(Referable):
    """One of the six kinds whose fields citations support or dispute."""

    parent_column: ClassVar[str | None] = None
    """The column that says to whom the record belongs, where that is no fact of its own."""

    class Meta(Referable.Meta):
        abstract = True

    @classmethod
    def factual_columns(cls) -> tuple[str, ...]:
        """Columns that want evidence when they are neither empty nor `unknown`."""
        apart = {"ref", "summary", cls.parent_column}
        return tuple(column for column in cls.columns if column not in apart)

    def wants_evidence(self, column: str) -> bool:
        """Whether the value is a factual one, neither empty nor `unknown`."""
        return column in self.factual_columns() and self.cell(column) not in ("", "unknown")


class RecordQuerySet(models.QuerySet[Any]):
    """Records of one kind."""

    def unsourced(self) -> Self:
        """With a factual value, neither empty nor `unknown`, that no citation supports."""
        lacking = Q()
        for column in self.model.factual_columns():
            lacking |= self.is_unsourced(column)
        return self.filter(lacking)

    def unsourced_in(self, column: str) -> Self:
        """Whose value in this factual column wants evidence and no citation supports it."""
        return self.filter(self.is_unsourced(column))

    def is_unsourced(self, column: str, among: type[Subquery] = Asked) -> Q:
        """That a record's value in this column wants evidence and no citation supports it.

        Asked of each record by itself, for lists; `Exists` is for what reads all records anyway.
        """
        citations = self.model._meta.get_field("citations")
        supporting = citations.related_model._default_manager.supporting()
        of_field = supporting.filter(**{citations.field.name: OuterRef("pk")}, field=column)
        return Q(self.says_something(column), ~Q(among(of_field)))

    def says_something(self, column: str) -> Q:
        """That the value in this factual column is neither empty nor `unknown`."""
        field = self.model._meta.get_field(column)
        if field.is_relation or field.null:
            return Q(**{f"{column}__isnull": False})
        return ~Q(**{f"{column}__in": ("", "unknown")})


class NamedQuerySet(RecordQuerySet):
    """Rows that are found by a search key made from their names."""

    def update(self, **values: Any) -> int:
        """As Django's, but names only with their search key (`bulk_update` and `save` make it)."""
        for field in self._search_keys():
            named = [source for source in field.sources if source in values]
            if named and field.name not in values:
                raise TypeError(
                    f"The search key would not follow {', '.join(named)}: use save() or "
                    "bulk_update() instead of update()."
                )
        return super().update(**values)

    def bulk_update(self, objs: Iterable[Any], fields: Any, batch_size: int | None = None) -> int:
        rows, names = list(objs), list(fields)
        for field in self._search_keys():
            if field.name not in names and set(field.sources) & set(names):
                names.append(field.name)
                for row in rows:
                    setattr(row, field.attname, field.key_of(row))
        return super().bulk_update(rows, names, batch_size=batch_size)

    def _search_keys(self) -> list[SearchKeyField]:
        return [f for f in self.model._meta.local_fields if isinstance(f, SearchKeyField)]


class PeriodQuerySet(RecordQuerySet):
    """Rows that hold from a start to an end; the day is always the caller's."""

    def with_in_force(self, day: date) -> Self:
        """Each row with `in_force`, a `Certainty` of its being in force on `day`.

        The rule is that of `roster.periods.Period.in_force`, said in SQL.
        """
        return self.annotate(
            in_force=Case(
                When(over_or_ahead(day.isoformat()), then=Value(Certainty.NO.value)),
                When(surely_in_force(day.isoformat()), then=Value(Certainty.DEFINITELY.value)),
                default=Value(Certainty.POSSIBLY.value),
                output_field=models.CharField(),
            )
        )

    def in_force_on(self, day: date, certainty: Certainty = Certainty.DEFINITELY) -> Self:
        """Rows whose being in force on `day` is exactly of this certainty."""
        text = day.isoformat()
        match certainty:
            case Certainty.DEFINITELY:
                return self.maybe_in_force_on(day).filter(surely_in_force(text))
            case Certainty.POSSIBLY:
                return self.maybe_in_force_on(day).exclude(surely_in_force(text))
            case Certainty.NO:
                return self.filter(over_or_ahead(text))

    def maybe_in_force_on(self, day: date) -> Self:
        """Rows that are in force on `day` in some reading at least: definitely or possibly."""
        return self.filter(may_be_in_force(day.isoformat()))

    def ending_within(
        self, days: int, day: date, certainty: Certainty = Certainty.DEFINITELY
    ) -> Self:
        """Whose last day lies from `day` to `days` days later, both included.

        Definitely: in every possible reading. Possibly: in some, as with an unknown end. No: in
        none, as with an open end.
        """
        first, last = day.isoformat(), (day + timedelta(days=days)).isoformat()
        # A start bounds the end: readings in which the end lies before it do not count.
        not_before = Q(end_earliest__gte=first) | Q(start_earliest__gte=first)
        in_every = not_before & Q(end_latest__range=(first, last))
        in_some = _may_end(first, last)
        match certainty:
            case Certainty.DEFINITELY:
                return self.filter(in_every)
            case Certainty.POSSIBLY:
                return self.filter(in_some & ~in_every)
            case Certainty.NO:
                return self.exclude(in_some)

    def maybe_ending_within(self, days: int, day: date) -> Self:
        """Whose last day lies among these days in some reading: definitely or possibly."""
        return self.filter(_may_end(day.isoformat(), (day + timedelta(days=days)).isoformat()))


def may_be_in_force(day: Any) -> Q:
    """That a period covers a day in some reading; the day is ISO text or an expression of it."""
    return Q(start_earliest__lte=day, end_latest__gte=day)


def over_or_ahead(day: Any) -> Q:
    """That it covers the day in no reading."""
    return Q(start_earliest__gt=day) | Q(end_latest__lt=day)


def surely_in_force(day: Any) -> Q:
    """That it covers a day which it may cover at all in every reading.

    A start bounds the end, and an end the start: readings in which the end comes first do not
    count.
    """
    surely_begun = Q(start_latest__lte=day) | Q(end_latest__lte=day)
    surely_not_over = Q(end_earliest__gte=day) | Q(start_earliest__gte=day)
    return surely_begun & surely_not_over


def _may_end(first: str, last: str) -> Q:
    return Q(end_latest__gte=first, end_earliest__lte=last, start_earliest__lte=last)
