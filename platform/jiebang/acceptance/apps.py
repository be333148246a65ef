"""Django's name for this app, and its ear to the contracts."""

from importlib import import_module

from django.apps import AppConfig


class AcceptanceConfig(AppConfig):
    """Acceptance, performance assessment and the track record."""

    name = "jiebang.acceptance"
    verbose_name = "验收"

    def ready(self) -> None:
        """Begin to listen."""
        import_module("jiebang.acceptance.receivers")
        import_module("jiebang.acceptance.attachments")
