"""Django's name for this app, and its ear to everything that is matched."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Recommendations."""

    name = "jiebang.recommendations"
    verbose_name = "智能匹配"

    def ready(self) -> None:
        """Connect the receivers."""
        from jiebang.recommendations import receivers  # noqa: F401
