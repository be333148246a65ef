"""Results on offer: anyone reads them, their units write them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Coded, Id, Seen
from api.serializers import Query, Reference, RowBody, Shown
from api.v1.history import WithHistory
from api.views import found
from jiebang.achievements import policies, queries, services
from jiebang.achievements.models import Achievement
from jiebang.achievements.services import CONTENT
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.organizations import queries as units
from jiebang.taxonomy import queries as taxonomy
from jiebang.taxonomy.models import TechField

SOURCE = ("source_url", "licence")


class AchievementShown(Shown[Achievement]):
    """A result."""

    number = serializers.CharField(help_text="编号。")
    owner_id = serializers.IntegerField(allow_null=True, help_text="完成单位 id。")
    unit_name = serializers.CharField(help_text="完成单位，或来源中的单位名称。")
    tech_field = Reference(allow_null=True)
    may_edit = serializers.SerializerMethodField(help_text="您现在是否可以修改。")

    class Meta:
        model = Achievement
        fields = (
            "id", "number", "owner_id", "unit_name", "revision", *CONTENT, *SOURCE, "created_at",
            "may_edit",
        )  # fmt: skip

    def get_may_edit(self, achievement: Achievement) -> bool:
        """Say whether the reader may change it."""
        user = self.context["request"].user
        return user.is_authenticated and bool(policies.may_edit(user, achievement))


class AchievementWritten(RowBody[Achievement]):
    """What its unit changes; what is left out stays."""

    revision = serializers.IntegerField(
        help_text="您看到的 revision；别人先保存过则拒绝（stale）。"
    )
    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(max_length=4000, required=False)
    tech_field = Coded(
        queryset=TechField.objects.filter(active=True), required=False, allow_null=True
    )

    class Meta:
        model = Achievement
        fields: tuple[str, ...] = ("revision", *CONTENT)


class AchievementDraft(AchievementWritten):
    """A new result."""

    revision = None  # type: ignore[assignment]
    owner = Seen(units.visible_to, help_text="完成单位 id。")
    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(max_length=4000)

    class Meta(AchievementWritten.Meta):
        fields = ("owner", *CONTENT)


class AchievementQuery(Query):
    """The filters of the results."""

    q = serializers.CharField(required=False, help_text="名称、关键词和简介中的文字。")
    field = serializers.CharField(required=False, help_text="技术领域代码，包含其下级。")
    form = serializers.ChoiceField(choices=Achievement.Form.choices, required=False)
    owner = Id(required=False, help_text="完成单位 id。")
    trl_min = serializers.IntegerField(required=False, min_value=1, max_value=9)
    trl_max = serializers.IntegerField(required=False, min_value=1, max_value=9)


class Achievements(WithHistory):
    """Results."""

    tag = "成果"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Achievement]:
        """Return the results that the caller may see."""
        return queries.visible_to(self.reader)

    def record_of(self, thing: Achievement) -> QuerySet[Entry]:
        """Leave the record to who writes the result."""
        policies.may_edit(self.actor, thing).enforce()
        return history(thing)

    @extend_schema(
        summary="查询成果", parameters=[AchievementQuery], responses=AchievementShown(many=True)
    )
    def list(self, request: Request) -> Response:
        """List the results on offer, and those of one's own units."""
        asked = self.query(AchievementQuery)
        rows = queries.search(self.get_queryset(), asked.get("q", ""))
        if code := asked.get("field"):
            rows = rows.filter(tech_field__in=taxonomy.fields_under(code))
        columns = {"form": "form", "owner": "owner", "trl_min": "trl__gte", "trl_max": "trl__lte"}
        which: dict[str, Any] = {c: asked[name] for name, c in columns.items() if name in asked}
        return self.page(AchievementShown, rows.filter(**which))

    @extend_schema(summary="查看成果", responses=AchievementShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(AchievementShown, found(self.get_queryset(), pk))

    @extend_schema(summary="登记成果", request=AchievementDraft, responses={201: AchievementShown})
    def create(self, request: Request) -> Response:
        """Offer a result in a unit's name."""
        data = self.body(AchievementDraft)
        made = services.create(owner=data.pop("owner"), actor=self.actor, data=data)
        return self.show(AchievementShown, made, 201)

    @extend_schema(summary="修改成果", request=AchievementWritten, responses=AchievementShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it, or take it off offer."""
        achievement = found(self.get_queryset(), pk)
        data = self.body(AchievementWritten)
        seen = data.pop("revision")
        services.edit(achievement=achievement, actor=self.actor, data=data, revision=seen)
        return self.show(AchievementShown, achievement)
