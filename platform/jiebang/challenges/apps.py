"""Django's name for this app."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """Challenges on the board."""

    name = "jiebang.challenges"
    verbose_name = "榜题"
