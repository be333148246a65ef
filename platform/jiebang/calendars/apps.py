"""Django's name for this app."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """The calendar of working days."""

    name = "jiebang.calendars"
    verbose_name = "工作日历"
