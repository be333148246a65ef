"""Whose jobs are where."""

from django.db.models import QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.jobs.models import Job


def visible_to(user: User) -> QuerySet[Job]:
    """Return one's own jobs; an officer sees the platform's as well, newest first."""
    if user.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR):
        return Job.objects.order_by("-pk")
    return Job.objects.filter(owner=user).order_by("-pk")
