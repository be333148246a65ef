"""Django's name for this app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Contracts and milestones."""

    name = "jiebang.contracts"
    verbose_name = "合同"
