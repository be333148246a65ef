"""Django's name for this app."""

from django.apps import AppConfig


class StatsConfig(AppConfig):
    """Figures."""

    name = "jiebang.stats"
    verbose_name = "统计"
