"""Django's name for this app."""

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    """Directed commissions from draft to contract."""

    name = "jiebang.commissions"
    verbose_name = "定向委托"
