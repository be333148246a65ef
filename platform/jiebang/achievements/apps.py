"""Django's name for this app."""

from django.apps import AppConfig


class AchievementsConfig(AppConfig):
    """Achievements on offer."""

    name = "jiebang.achievements"
    verbose_name = "成果"
