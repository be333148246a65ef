"""Django's name for this app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background jobs."""

    name = "jiebang.jobs"
    verbose_name = "任务"
