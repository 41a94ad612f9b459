"""The seeded roster of the exchange tests serves the commands as well."""

from tests.exchange.conftest import seeded

__all__ = ["seeded"]
