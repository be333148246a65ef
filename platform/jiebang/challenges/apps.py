"""Django's name for this app, and what files its things hold."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """Challenges on the board."""

    name = "jiebang.challenges"
    verbose_name = "榜题"

    def ready(self) -> None:
        """Let needs hold files."""
        from jiebang.challenges import attachments  # noqa: F401
