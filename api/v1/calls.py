"""Calls: their windows, rules and criteria, as rows."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Query, RowBody, Shown
from api.v1.history import WithHistory
from api.views import found
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.common.errors import NotFound
from jiebang.library import policies, queries, services
from jiebang.library.models import Call, CallRule, CallWindow, Criterion
from jiebang.library.states import RuleCode, WindowKind


class WindowShown(Shown[CallWindow]):
    """From when to when something is allowed."""

    class Meta:
        model = CallWindow
        fields = ("kind", "opens_at", "closes_at")


class RuleShown(Shown[CallRule]):
    """One number that the call sets."""

    class Meta:
        model = CallRule
        fields = ("code", "value", "basis")


class CriterionShown(Shown[Criterion]):
    """What experts score; the key is used when scoring."""

    class Meta:
        model = Criterion
        fields = ("id", "name", "description", "weight")


class CallShown(Shown[Call]):
    """A call."""

    number = serializers.CharField(help_text="编号。")
    windows = WindowShown(many=True, help_text="时间窗；截止时刻本身不在其内。")
    rules = RuleShown(many=True)
    criteria = CriterionShown(many=True)

    class Meta:
        model = Call
        fields = ("id", "number", "name", "scope", "windows", "rules", "criteria")


class WindowWritten(RowBody[CallWindow]):
    """A window."""

    class Meta:
        model = CallWindow
        fields = ("kind", "opens_at", "closes_at")


class NumberWritten(RowBody[CallRule]):
    """A rule."""

    class Meta:
        model = CallRule
        fields = ("code", "value")


class CriterionWritten(RowBody[Criterion]):
    """A criterion."""

    class Meta:
        model = Criterion
        fields = ("name", "description", "weight")


class CallWritten(RowBody[Call]):
    """A new call."""

    name = serializers.CharField(max_length=80)
    windows = WindowWritten(many=True)
    rules = NumberWritten(many=True, required=False, default=list)
    criteria = CriterionWritten(many=True)

    class Meta:
        model = Call
        fields = ("name", "scope", "windows", "rules", "criteria")


class RuleWritten(RowBody[CallRule]):
    """A rule's new number, and on what it rests."""

    class Meta:
        model = CallRule
        fields = ("value", "basis")


class CallQuery(Query):
    """The filter of the calls."""

    open = serializers.ChoiceField(
        choices=WindowKind.choices, required=False, help_text="只列现在处于这一时间窗内的批次。"
    )


class Calls(WithHistory):
    """Calls; anyone may read them, for they are announced."""

    tag = "批次"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Call]:
        """Return all calls, newest first."""
        return Call.objects.prefetch_related("windows", "rules", "criteria").order_by("-pk")

    def record_of(self, thing: Call) -> QuerySet[Entry]:
        """Leave the record to the bureau."""
        self.actor.needs_role(*policies.BUREAU)
        return history(thing)

    @extend_schema(summary="查询批次", parameters=[CallQuery], responses=CallShown(many=True))
    def list(self, request: Request) -> Response:
        """List the calls."""
        rows = self.get_queryset()
        if kind := self.query(CallQuery).get("open"):
            rows = rows.filter(pk__in=queries.calls_open(kind).values("pk"))
        return self.page(CallShown, rows)

    @extend_schema(summary="查看批次", responses=CallShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(CallShown, found(self.get_queryset(), pk))

    @extend_schema(summary="设立批次", request=CallWritten, responses={201: CallShown})
    def create(self, request: Request) -> Response:
        """Open a call."""
        typed = self.body(CallWritten)
        windows = {row["kind"]: (row["opens_at"], row["closes_at"]) for row in typed["windows"]}
        rules = {row["code"]: row["value"] for row in typed["rules"]}
        made = services.create_call(
            actor=self.actor, **{**typed, "windows": windows, "rules": rules}
        )
        return self.show(CallShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(
        summary="修改一项规则",
        parameters=[OpenApiParameter("code", str, "path", enum=RuleCode.values)],
        request=RuleWritten,
        responses=CallShown,
    )
    @action(detail=True, methods=["put"], url_path="rules/<slug:code>")
    def rules(self, request: Request, pk: int, code: str) -> Response:
        """Change one number; what was decided under the old one stays decided."""
        call = found(self.get_queryset(), pk)
        if code not in RuleCode.values:
            raise NotFound("没有这项规则")
        services.set_rule(
            call=call, actor=self.actor, code=RuleCode(code), **self.body(RuleWritten)
        )
        return self.show(CallShown, found(self.get_queryset(), pk))
