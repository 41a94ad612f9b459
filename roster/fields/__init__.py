"""How values sit in a column: fields that carry their own rule, and rules between columns.

Migrations name these classes by this package, so that files within may move.
"""

from roster.fields.codes import CodeField, CountryField, LanguageField
from roster.fields.dates import BoundOf, PartialDateBound, PartialDateField
from roster.fields.days import DayBefore
from roster.fields.lists import ListField, ListFormField
from roster.fields.ordinals import OrdinalField
from roster.fields.refs import RefField
from roster.fields.ruled import RuledField, TextColumn
from roster.fields.rules import PeriodRule, Rule
from roster.fields.schema import compare_rules_of_altered_columns
from roster.fields.search import SearchKeyField, has_word
from roster.fields.texts import FingerprintField, LineField, ProseField, WebAddressField

__all__ = [
    "BoundOf",
    "CodeField",
    "CountryField",
    "DayBefore",
    "FingerprintField",
    "LanguageField",
    "LineField",
    "ListField",
    "ListFormField",
    "OrdinalField",
    "PartialDateBound",
    "PartialDateField",
    "PeriodRule",
    "ProseField",
    "RefField",
    "Rule",
    "RuledField",
    "SearchKeyField",
    "TextColumn",
    "WebAddressField",
    "has_word",
]

compare_rules_of_altered_columns()
