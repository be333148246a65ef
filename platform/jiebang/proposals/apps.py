"""Django's name for this app, and what files its things hold."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Solutions."""

    name = "jiebang.proposals"
    verbose_name = "揭榜"

    def ready(self) -> None:
        """Let solutions hold files."""
        from jiebang.proposals import attachments  # noqa: F401
