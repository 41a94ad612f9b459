"""The one Django app; connects the ledger to migrations, and the policy on evidence to acts."""

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class RosterConfig(AppConfig):
    name = "roster"
    verbose_name = "Roster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from roster.history.changesets import (  # noqa: PLC0415 - needs the models
            check_before_closing,
        )
        from roster.history.migrating import (  # noqa: PLC0415 - needs the models
            after_migrating,
            before_migrating,
        )
        from roster.provenance.policy import require_evidence  # noqa: PLC0415 - needs the models

        connection_created.connect(compile_nothing, dispatch_uid="roster queries")
        pre_migrate.connect(before_migrating, dispatch_uid="roster ledger")
        post_migrate.connect(after_migrating, dispatch_uid="roster ledger")
        check_before_closing(require_evidence)


def compile_nothing(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Have PostgreSQL run queries as they are: compiling a page's takes longer than running them.

    Not as an option of the connection, which a pooler before the server would refuse.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
