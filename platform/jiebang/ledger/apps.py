"""Django's name for this app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The chain of facts."""

    name = "jiebang.ledger"
    verbose_name = "存证"
