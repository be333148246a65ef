"""The app."""

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    """Integrity records."""

    name = "jiebang.integrity"
    verbose_name = "诚信记录"
