"""Background jobs: how far they are."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Query, Shown
from api.views import Resource, found
from jiebang.jobs import queries
from jiebang.jobs.models import Job


class JobShown(Shown[Job]):
    """A job."""

    percent = serializers.IntegerField(help_text="进度，0 至 100。")

    class Meta:
        model = Job
        fields = (
            "id", "title", "state", "percent", "done_count", "total_count", "message",
            "created_at", "started_at", "finished_at",
        )  # fmt: skip


class JobQuery(Query):
    """The filter of the jobs."""

    state = serializers.ChoiceField(choices=Job.State.choices, required=False)


class Jobs(Resource):
    """One's own jobs; the bureau sees the platform's."""

    tag = "后台任务"

    def get_queryset(self) -> QuerySet[Job]:
        """Return the jobs that the caller may see."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="后台任务", parameters=[JobQuery], responses=JobShown(many=True))
    def list(self, request: Request) -> Response:
        """List the jobs, newest first."""
        return self.page(JobShown, self.get_queryset().filter(**self.query(JobQuery)))

    @extend_schema(summary="查看后台任务", responses=JobShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(JobShown, found(self.get_queryset(), pk))
