"""Django's name for this app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Minutes, notices and objections of decisions."""

    name = "jiebang.approvals"
    verbose_name = "审批与公示"
