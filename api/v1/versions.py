"""What was handed in each time, and what changed from one time to another."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Query
from api.views import Resource, found
from jiebang.common.errors import NotFound
from jiebang.library import queries, snapshots
from jiebang.library.models import NeedVersion, TechNeed
from jiebang.organizations import policies as unit_policies


class VersionShown(serializers.ModelSerializer[NeedVersion]):
    """A need as it was handed in, in words."""

    submitted_by = serializers.CharField(source="submitted_by.display_name")
    content = serializers.SerializerMethodField(help_text="提交时的全部内容，已写成文字。")

    class Meta:
        model = NeedVersion
        fields = ("number", "submitted_at", "submitted_by", "content")

    def get_content(self, version: NeedVersion) -> dict[str, Any]:
        """Return the snapshot, without what is not for this reader."""
        hidden = self.context["view"].hidden
        return {name: value for name, value in version.content.items() if name not in hidden}


class Segment(serializers.Serializer[Any]):
    """A piece of the text."""

    sign = serializers.ChoiceField(choices=[("=", "保留"), ("-", "删去"), ("+", "新增")])
    text = serializers.CharField()


class ChangeShown(serializers.Serializer[Any]):
    """One column that differs."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()
    segments = serializers.SerializerMethodField()

    @extend_schema_field(Segment(many=True))
    def get_segments(self, change: snapshots.Change) -> list[dict[str, str]]:
        """Return the text in pieces."""
        return [{"sign": sign, "text": text} for sign, text in change.segments]


class DifferenceQuery(Query):
    """Which two versions."""

    before = serializers.IntegerField(min_value=1, help_text="较早的版本号。")
    after = serializers.IntegerField(min_value=1, help_text="较晚的版本号。")


class Versions(Resource):
    """The versions of one need."""

    tag = "需求"
    hidden: frozenset[str] = frozenset()

    def get_queryset(self) -> QuerySet[TechNeed]:
        """Return the needs that the caller may read."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="各次提交的版本", responses=VersionShown(many=True))
    @action(detail=True)
    def versions(self, request: Request, pk: int) -> Response:
        """List the versions, oldest first."""
        return self.page(VersionShown, self._versions(pk))

    @extend_schema(
        summary="两个版本的差异",
        parameters=[DifferenceQuery],
        responses=ChangeShown(many=True),
    )
    @action(detail=True)
    def difference(self, request: Request, pk: int) -> Response:
        """List what changed, column by column."""
        asked = self.query(DifferenceQuery)
        kept = {version.number: version.content for version in self._versions(pk)}
        if missing := {asked["before"], asked["after"]} - kept.keys():
            raise NotFound(f"这条需求没有第 {min(missing)} 版")
        changes = snapshots.differences(kept[asked["before"]], kept[asked["after"]])
        return self.page(ChangeShown, [c for c in changes if c.field not in self.hidden])

    def _versions(self, pk: int) -> QuerySet[NeedVersion]:
        need = found(self.get_queryset(), pk)
        if need.owner is None or not unit_policies.may_see_contact(self.actor, need.owner):
            self.hidden = snapshots.PRIVATE
        return need.versions.select_related("submitted_by").order_by("number")
