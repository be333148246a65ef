"""Needs: writing, the check-up, handing in, and every step of the screening."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Move, Query
from api.v1.history import WithHistory
from api.v1.need_content import NeedDraft, NeedRow, NeedShown, NeedWritten
from api.views import found
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.library import checkup, policies, queries, screening, services
from jiebang.library.models import TechNeed
from jiebang.library.states import Action, State
from jiebang.taxonomy import queries as taxonomy


class NeedMove(Move):
    """One step of a need."""

    action = serializers.ChoiceField(choices=Action.choices)


class Finding(serializers.Serializer[Any]):
    """One thing to mend."""

    code = serializers.CharField()
    field = serializers.CharField(help_text="栏目；第一项指标的数值写作 indicators-0-value。")
    severity = serializers.ChoiceField(
        choices=[(checkup.ERROR, "须补齐"), (checkup.WARNING, "建议")],
        help_text="error 不补齐不能提交；warning 只是建议。",
    )
    sentence = serializers.CharField(help_text="怎么改。")


class CheckUpShown(serializers.Serializer[Any]):
    """What a need still lacks."""

    score = serializers.IntegerField(help_text="完整程度，0 至 100。")
    findings = Finding(many=True)


class NeedQuery(Query):
    """The filters of the needs."""

    q = serializers.CharField(required=False, help_text="需求名称或单位名称中的文字。")
    state = serializers.MultipleChoiceField(
        choices=State.choices, required=False, help_text="状态，可重复。"
    )
    field = serializers.CharField(required=False, help_text="技术领域代码，包含其下级。")
    district = serializers.CharField(required=False, help_text="镇街（园区）代码。")
    owner = Id(required=False, help_text="需求单位 id。")
    call = Id(required=False, help_text="批次 id。")


class Needs(WithHistory):
    """Needs that the caller may read: of one's units, or for one's role to handle."""

    tag = "需求"

    def get_queryset(self) -> QuerySet[TechNeed]:
        """Return the needs that the caller may read."""
        return queries.visible_to(self.actor)

    def record_of(self, thing: TechNeed) -> QuerySet[Entry]:
        """Leave out, but for the bureau, who appraised and how."""
        entries = history(thing)
        if self.actor.has_role(*policies.BUREAU):
            return entries
        return entries.exclude(action__in=("assign", "appraise"))

    @extend_schema(summary="查询需求", parameters=[NeedQuery], responses=NeedRow(many=True))
    def list(self, request: Request) -> Response:
        """List the needs, newest first."""
        asked = self.query(NeedQuery)
        return self.page(NeedRow, self.get_queryset().filter(_condition(asked)))

    @extend_schema(summary="查看需求", responses=NeedShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with its indicators."""
        return self._answer(pk)

    @extend_schema(summary="起草需求", request=NeedDraft, responses={201: NeedShown})
    def create(self, request: Request) -> Response:
        """Begin a draft in a unit's name; half-filled is fine."""
        data = self.body(NeedDraft)
        owner, rows = data.pop("owner"), data.pop("indicators", ())
        made = services.create_need(owner=owner, actor=self.actor, data=data, indicators=rows)
        return self._answer(made.pk, 201)

    @extend_schema(summary="修改需求", request=NeedWritten, responses=NeedShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a draft or returned need; the indicators, when given, are replaced whole."""
        need = found(self.get_queryset(), pk)
        data = self.body(NeedWritten)
        rows, seen = data.pop("indicators", None), data.pop("revision")
        services.save_need(need=need, actor=self.actor, data=data, indicators=rows, revision=seen)
        return self._answer(pk)

    @extend_schema(
        summary="需求体检（不保存）", request=NeedDraft(partial=True), responses=CheckUpShown
    )
    @action(detail=False, methods=["post"])
    def checkup(self, request: Request) -> Response:
        """Say what is lacking in what was typed; nothing is kept."""
        data = self.body(NeedDraft, partial=True)
        rules = queries.rules_of(data.get("call"))
        return self.show(CheckUpShown, checkup.check(data, data.get("indicators", ()), rules))

    @extend_schema(
        summary="提交、推荐、审查、入库、退回、撤回等", request=NeedMove, responses=NeedShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        need = found(self.get_queryset(), pk)
        typed = self.body(NeedMove)
        match typed["action"]:
            case Action.SUBMIT:
                services.submit(need=need, actor=self.actor)
            case Action.WITHDRAW:
                services.withdraw(need=need, actor=self.actor, note=typed["note"])
            case _:
                screening.move(need=need, actor=self.actor, **typed)
        return self._answer(pk)

    def _answer(self, pk: int, status: int = 200) -> Response:
        rows = self.get_queryset().prefetch_related("indicators")
        return self.show(NeedShown, found(rows, pk), status)


def _condition(asked: dict[str, Any]) -> Q:
    which = Q()
    if text := asked.get("q"):
        which &= (
            Q(title__icontains=text)
            | Q(owner__name__icontains=text)
            | Q(source_unit__icontains=text)
        )
    if states := asked.get("state"):
        which &= Q(state__in=states)
    if code := asked.get("field"):
        which &= Q(tech_field__in=taxonomy.fields_under(code))
    columns = {"district": "owner__district__code", "owner": "owner", "call": "call"}
    return which & Q(**{c: asked[name] for name, c in columns.items() if name in asked})
