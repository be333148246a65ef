"""Django's name for this app, and its ear to what changes a conflict."""

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    """Experts, draws and panels."""

    name = "jiebang.experts"
    verbose_name = "评审专家"

    def ready(self) -> None:
        """Connect the receivers."""
        from jiebang.experts import receivers  # noqa: F401
