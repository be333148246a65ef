"""Django's name for this app, and its ear to everything that people are told of."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Events that become messages."""

    name = "jiebang.reminders"
    verbose_name = "提醒"

    def ready(self) -> None:
        """Connect the receivers."""
        from jiebang.reminders import (  # noqa: F401
            acceptance,
            bidding,
            board,
            contracts,
            decisions,
            integrity,
            openings,
            panels,
            receivers,
        )
