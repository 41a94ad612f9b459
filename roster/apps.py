"""The one Django app; connects the ledger to migrations, and the policy on evidence to acts."""

from django.apps import AppConfig
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

        pre_migrate.connect(before_migrating, dispatch_uid="roster ledger")
        post_migrate.connect(after_migrating, dispatch_uid="roster ledger")
        check_before_closing(require_evidence)
