"""Django's name for this app."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Recommendations."""

    name = "jiebang.recommendations"
    verbose_name = "智能匹配"
