"""Django's name for this app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Calls, needs, screening."""

    name = "jiebang.library"
    verbose_name = "项目库"
