"""Django's name for this app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages."""

    name = "jiebang.web"
    verbose_name = "网页"
