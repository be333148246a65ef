"""Django's name for this app, and what files its things hold."""

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    """Directed commissions from draft to contract."""

    name = "jiebang.commissions"
    verbose_name = "定向委托"

    def ready(self) -> None:
        """Let commissions hold files."""
        from jiebang.commissions import attachments  # noqa: F401
