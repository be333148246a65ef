"""Django's name for this app, and its ear to contracts that are sent for signing."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Texts of contracts."""

    name = "jiebang.documents"
    verbose_name = "合同文本"

    def ready(self) -> None:
        """Connect the receivers."""
        from jiebang.documents import receivers  # noqa: F401
