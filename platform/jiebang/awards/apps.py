"""Django's name for this app, and its ear to the panels."""

from importlib import import_module

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """Reviews, award decisions, notices and objections."""

    name = "jiebang.awards"
    verbose_name = "中榜"

    def ready(self) -> None:
        """Begin to listen."""
        import_module("jiebang.awards.attachments")
        import_module("jiebang.awards.receivers")
