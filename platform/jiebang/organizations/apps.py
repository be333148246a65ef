"""Django's name for this app."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Units and members."""

    name = "jiebang.organizations"
    verbose_name = "单位"
