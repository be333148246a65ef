"""Django's name for this app."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Solutions."""

    name = "jiebang.proposals"
    verbose_name = "揭榜"
