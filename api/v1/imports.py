"""Taking in files: the upload, and the report of every row that was not taken in."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Body
from api.v1.jobs import JobShown
from api.views import Resource, found
from jiebang.accounts.models import PlatformRole
from jiebang.imports import services
from jiebang.jobs import queries as jobs
from jiebang.jobs.models import Job

JOB = "imports.run"


class Upload(Body):
    """A file and what is in it."""

    kind = serializers.ChoiceField(
        choices=[(key, mapping.LABEL) for key, mapping in services.KINDS.items()],
        help_text="文件里是什么。",
    )
    file = serializers.FileField(
        help_text=f"{'、'.join(services.SUFFIXES)} 文件，不超过 {services.LARGEST} MB。"
    )


class ImportShown(JobShown):
    """An import and, once it is over, its report."""

    result = serializers.SerializerMethodField(help_text="结束后的报告：各行的问题与合计。")

    class Meta(JobShown.Meta):
        fields = (*JobShown.Meta.fields, "result")  # type: ignore[assignment]

    def get_result(self, job: Job) -> dict[str, Any]:
        """Return the report; empty until the job is done."""
        return dict(job.result) if job.state == Job.State.DONE else {}


class Imports(Resource):
    """Files that officers take in; a job does the work."""

    tag = "导入"
    parser_classes = (MultiPartParser,)  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Job]:
        """Return the imports so far; raises NotAllowed for who is no officer."""
        self.actor.needs_role(PlatformRole.OFFICER)
        return jobs.visible_to(self.actor).filter(name=JOB)

    @extend_schema(summary="导入记录", responses=ImportShown(many=True))
    def list(self, request: Request) -> Response:
        """List the imports, newest first."""
        return self.page(ImportShown, self.get_queryset())

    @extend_schema(summary="查看一次导入", responses=ImportShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(ImportShown, found(self.get_queryset(), pk))

    @extend_schema(summary="上传并导入文件", request=Upload, responses={202: ImportShown})
    def create(self, request: Request) -> Response:
        """Take a file; its rows are read by a job."""
        self.actor.needs_role(PlatformRole.OFFICER)
        typed = self.body(Upload)
        file = typed["file"]
        job = services.take(actor=self.actor, kind=typed["kind"], name=file.name, file=file)
        return self.show(ImportShown, job, 202)
