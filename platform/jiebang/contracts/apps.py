"""Django's name for this app, and its ear to the awards."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Contracts and milestones."""

    name = "jiebang.contracts"
    verbose_name = "合同"

    def ready(self) -> None:
        """Connect the receivers, and let milestones, payments and requests hold files."""
        from jiebang.contracts import attachments, receivers  # noqa: F401
