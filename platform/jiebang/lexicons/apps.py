"""Django's name for this app."""

from django.apps import AppConfig


class LexiconsConfig(AppConfig):
    """The dictionary."""

    name = "jiebang.lexicons"
    verbose_name = "词典"
