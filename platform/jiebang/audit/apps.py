"""Django's name for this app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The record of every write."""

    name = "jiebang.audit"
    verbose_name = "审计"
