"""Django's name for this app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files handed in."""

    name = "jiebang.files"
    verbose_name = "附件"
