"""Django's name for this app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Importing records."""

    name = "jiebang.imports"
    verbose_name = "导入"
