"""Django's name for this app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notifications and how people wish to be told."""

    name = "jiebang.notifications"
    verbose_name = "消息"
