"""Django's name for this app, and whom it lets read what is still sealed."""

from django.apps import AppConfig


class OpeningsConfig(AppConfig):
    """Emergency openings."""

    name = "jiebang.openings"
    verbose_name = "应急开启"

    def ready(self) -> None:
        """Answer for the two people of an opening."""
        from jiebang.openings import receivers  # noqa: F401
