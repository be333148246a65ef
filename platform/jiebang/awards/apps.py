"""Django's name for this app."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """Award decisions."""

    name = "jiebang.awards"
    verbose_name = "中榜"
