"""Django's name for this app."""

from django.apps import AppConfig


class OcdsConfig(AppConfig):
    """Open contracting data."""

    name = "jiebang.ocds"
    verbose_name = "开放数据"
