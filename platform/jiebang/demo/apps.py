"""Django's name for this app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo city."""

    name = "jiebang.demo"
    verbose_name = "演示"
