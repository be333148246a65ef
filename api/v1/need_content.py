"""A need and its indicator rows as they are written and shown."""

from typing import Any

from rest_framework import serializers

from api.fields import Actions, Coded, Seen
from api.serializers import Named, Reference, RowBody, Shown
from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges import policies as challenge_policies
from jiebang.library import policies
from jiebang.library.models import Indicator, TechNeed
from jiebang.library.snapshots import CONTENT, PRIVATE, ROW
from jiebang.library.states import EDITABLE, Action, State
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.taxonomy.models import TechField

HEAD = ("id", "number", "state", "owner_id", "owner_name", "district", "call", "created_at")


class IndicatorShown(Shown[Indicator]):
    """An indicator row; its id is what solutions and reports answer."""

    target = serializers.CharField(help_text="要求的中文写法，如“≥ 350 Wh/kg”。")

    class Meta:
        model = Indicator
        fields = ("id", *ROW, "target")


class IndicatorWritten(RowBody[Indicator]):
    """An indicator row."""

    class Meta:
        model = Indicator
        fields = ROW


class NeedRow(Shown[TechNeed]):
    """A need in a list."""

    number = serializers.CharField(help_text="编号。")
    owner_name = serializers.CharField(help_text="需求单位，或公开来源中的单位名称。")
    district = Reference(source="owner.district", default=None, allow_null=True)
    call = Named(allow_null=True)
    tech_field = Reference(allow_null=True)
    actions = Actions(TechNeed.LIFE, policies.actions_for)

    class Meta:
        model = TechNeed
        fields: tuple[str, ...] = (
            *HEAD,
            "title",
            "tech_field",
            "total_budget",
            "bounty",
            "valid_until",
            "actions",
        )


def more(user: User, need: TechNeed) -> dict[str, str]:
    """Return what one can do with a need besides its own steps."""
    can = {}
    if need.state in EDITABLE and policies.may_edit(user, need):
        can["edit"] = "修改"
    if need.state == State.APPRAISAL and user.has_role(PlatformRole.OFFICER):
        can["assign"] = "分派论证专家"
    if need.state == State.IN_LIBRARY and challenge_policies.may_post(user, need):
        can[Action.POST.value] = str(Action.POST.label)
    return can


class NeedShown(NeedRow):
    """A need in full. The contact is null for whom it is not."""

    actions = Actions(TechNeed.LIFE, policies.actions_for, more)
    indicators = IndicatorShown(many=True)

    class Meta(NeedRow.Meta):
        fields = (
            *HEAD, "tech_field", "revision", "version", *CONTENT, "source_url", "indicators",
            "actions",
        )  # fmt: skip
        extra_kwargs = {
            "revision": {"help_text": "保存次数；修改时原样送回，以免覆盖同事的修改。"},
            "version": {"help_text": "提交次数。"},
            **{
                name: {"allow_null": True, "help_text": "仅本单位和科技局可见。"}
                for name in PRIVATE
            },
        }

    def to_representation(self, need: TechNeed) -> dict[str, Any]:
        """Return the columns, without the contact for whom it is not."""
        shown: dict[str, Any] = super().to_representation(need)
        user = self.context["request"].user
        if need.owner is None or not unit_policies.may_see_contact(user, need.owner):
            shown |= dict.fromkeys(PRIVATE)
        return shown


class NeedWritten(RowBody[TechNeed]):
    """What its owner changes; what is left out stays."""

    revision = serializers.IntegerField(
        help_text="您看到的 revision；别人先保存过则拒绝（stale）。"
    )
    title = serializers.CharField(max_length=60, required=False)
    tech_field = Coded(
        queryset=TechField.objects.filter(active=True), required=False, allow_null=True
    )
    indicators = IndicatorWritten(many=True, required=False, help_text="技术指标，整体替换。")

    class Meta:
        model = TechNeed
        fields = ("revision", "call", "tech_field", *CONTENT, "indicators")


class NeedDraft(NeedWritten):
    """A new draft."""

    revision = None  # type: ignore[assignment]
    owner = Seen(units.visible_to, help_text="需求单位 id。")
    title = serializers.CharField(max_length=60)

    class Meta(NeedWritten.Meta):
        fields = ("owner", *NeedWritten.Meta.fields[1:])
