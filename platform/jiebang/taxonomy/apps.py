"""Django's name for this app."""

from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    """Reference data."""

    name = "jiebang.taxonomy"
    verbose_name = "分类"
