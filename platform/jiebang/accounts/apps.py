"""Django's name for this app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and platform roles."""

    name = "jiebang.accounts"
    verbose_name = "账号"
