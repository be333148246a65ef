"""What the bureau does around one need: experts, appraisals, the call; and the experts' own."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Number
from api.serializers import Body, Query, RowBody, Shown
from api.v1.need_content import NeedShown
from api.views import Resource, found
from jiebang.accounts.models import PlatformRole, User
from jiebang.library import policies, queries, screening
from jiebang.library.appraisers import candidates
from jiebang.library.models import Appraisal, Call, TechNeed


class AppraisalShown(Shown[Appraisal]):
    """One expert's appraisal; its scores are by the key of the criterion."""

    need_id = serializers.IntegerField()
    need_number = serializers.CharField(source="need.number")
    need_title = serializers.CharField(source="need.title")
    expert = serializers.CharField(source="expert.display_name")
    scores = serializers.DictField(child=serializers.CharField(), help_text="论证指标 id → 分数。")

    class Meta:
        model = Appraisal
        fields = (
            "id", "need_id", "need_number", "need_title", "expert", "version", "assigned_at",
            "due_at", "submitted_at", "scores", "total", "opinion",
        )  # fmt: skip


class CandidateShown(serializers.Serializer[Any]):
    """An expert, and whether this need may be given to this expert."""

    id = serializers.IntegerField(source="expert.pk", help_text="用户 id，分派时用。")
    display_name = serializers.CharField(source="expert.display_name")
    units = serializers.ListField(child=serializers.CharField(), help_text="所在单位。")
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="论证过的技术领域。"
    )
    open_count = serializers.IntegerField(help_text="手上未提交的论证任务数。")
    asked = serializers.BooleanField(help_text="本版本是否已分派给他。")
    may = serializers.BooleanField(source="free", help_text="是否可以分派。")
    reason = serializers.CharField(
        source="decision.reason", allow_blank=True, help_text="为何不能。"
    )


class AppraisersAsked(RowBody[Appraisal]):
    """Whom to ask, and until when."""

    experts = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), many=True, help_text="专家的用户 id。"
    )

    class Meta:
        model = Appraisal
        fields = ("experts", "due_at")


class Scored(Body):
    """An expert's scores and opinion."""

    scores = serializers.DictField(
        child=Number(max_digits=5, decimal_places=2), help_text="论证指标 id → 0 至 100 分。"
    )
    opinion = serializers.CharField(max_length=1000, allow_blank=True)


class Placed(Body):
    """Into which call."""

    call = serializers.PrimaryKeyRelatedField(queryset=Call.objects.all())


class AppraisalQuery(Query):
    """Which of one's appraisals."""

    done = serializers.BooleanField(
        required=False, default=False, help_text="已提交的；默认为待办。"
    )


class Result(serializers.Serializer[Any]):
    """How the appraisal of the version at hand stands."""

    answered = serializers.IntegerField(help_text="已提交意见的专家数。")
    mean = Number(allow_null=True, max_digits=5, decimal_places=2, help_text="平均总分。")
    wanted = serializers.IntegerField(help_text="本批次要求的专家数。")
    pass_mark = Number(max_digits=14, decimal_places=2, help_text="通过分数。")


class Screening(Resource):
    """The bureau's part of one need."""

    tag = "需求论证"

    def get_queryset(self) -> QuerySet[TechNeed]:
        """Return the needs that the caller may read."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="本版本的论证意见", responses=AppraisalShown(many=True))
    @action(detail=True)
    def appraisals(self, request: Request, pk: int) -> Response:
        """List the appraisals of the version at hand, for the bureau."""
        rows = queries.appraisals_for(self._found(pk)).select_related("expert", "need")
        return self.page(AppraisalShown, rows)

    @extend_schema(
        summary="分派论证专家",
        request=AppraisersAsked,
        responses={201: AppraisalShown(many=True)},
    )
    @appraisals.mapping.post
    def assign(self, request: Request, pk: int) -> Response:
        """Ask experts to appraise."""
        need = found(self.get_queryset(), pk)
        typed = self.body(AppraisersAsked)
        made = screening.assign_appraisers(need=need, actor=self.actor, **typed)
        return self.page(AppraisalShown, made, 201)

    @extend_schema(summary="可分派的专家", responses=CandidateShown(many=True))
    @action(detail=True)
    def experts(self, request: Request, pk: int) -> Response:
        """List the expert pool: who can be asked first, and why others may not."""
        need = found(self.get_queryset(), pk)
        self.actor.needs_role(PlatformRole.OFFICER)
        return self.page(CandidateShown, candidates(need))

    @extend_schema(summary="论证结果", responses=Result)
    @action(detail=True, url_path="appraisal-result")
    def result(self, request: Request, pk: int) -> Response:
        """Show how many have appraised, and their mean."""
        need = self._found(pk)
        count, mean = queries.appraisal_result(need)
        stands = {
            "answered": count,
            "mean": mean,
            "wanted": queries.required_appraisals(need.call),
            "pass_mark": queries.pass_mark(need.call),
        }
        return self.show(Result, stands)

    @extend_schema(summary="把归集的需求归入批次", request=Placed, responses=NeedShown)
    @action(detail=True, methods=["put"])
    def call(self, request: Request, pk: int) -> Response:
        """Put a gathered need into a call."""
        need = found(self.get_queryset(), pk)
        screening.place_in_call(need=need, actor=self.actor, **self.body(Placed))
        return self.show(NeedShown, found(self.get_queryset(), pk))

    def _found(self, pk: int) -> TechNeed:
        """Return the need, for the bureau: who appraised, and how, is its affair alone."""
        need = found(self.get_queryset(), pk)
        self.actor.needs_role(*policies.BUREAU)
        return need


class Appraisals(Resource):
    """One's own appraisals."""

    tag = "需求论证"

    def get_queryset(self) -> QuerySet[Appraisal]:
        """Return what this expert was asked."""
        mine = Appraisal.objects.filter(expert=self.actor)
        return mine.select_related("need__owner", "need__call", "expert")

    @extend_schema(
        summary="我的论证任务",
        parameters=[AppraisalQuery],
        responses=AppraisalShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """List what is to appraise, first due first; or what was appraised."""
        rows = queries.appraisals_of(self.actor, **self.query(AppraisalQuery))
        return self.page(AppraisalShown, rows.select_related("need", "expert"))

    @extend_schema(summary="查看论证任务", responses=AppraisalShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one; the need itself is among the needs that this expert reads."""
        return self.show(AppraisalShown, found(self.get_queryset(), pk))

    @extend_schema(summary="提交论证意见", request=Scored, responses=AppraisalShown)
    def update(self, request: Request, pk: int) -> Response:
        """Hand in scores and opinion, once."""
        appraisal = found(self.get_queryset(), pk)
        done = screening.appraise(appraisal=appraisal, actor=self.actor, **self.body(Scored))
        return self.show(AppraisalShown, done)
