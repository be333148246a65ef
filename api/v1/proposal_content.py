"""A solution as it is written and shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Actions, Id, Number, Seen
from api.serializers import Body, Named, RowBody, Shown
from api.v1.need_content import IndicatorShown
from jiebang.challenges import queries as challenges
from jiebang.organizations import queries as units
from jiebang.proposals import checks, policies
from jiebang.proposals.models import (
    BudgetRow,
    IndicatorResponse,
    Party,
    Proposal,
    Receipt,
    ScheduleRow,
    TeamRow,
)
from jiebang.proposals.snapshots import CONTENT, TABLES


class ChallengeNamed(serializers.Serializer[Any]):
    """The challenge that is meant."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()


class ProposalRow(Shown[Proposal]):
    """A solution in a list."""

    number = serializers.CharField(help_text="编号。")
    challenge = ChallengeNamed()
    lead = Named(help_text="牵头单位。")
    late = serializers.BooleanField(help_text="截止后经批准提交的为 true。")
    actions = Actions(Proposal.LIFE, policies.actions_for)

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = (
            "id", "number", "challenge", "lead", "state", "revision", "version", "late",
            "asked_amount", "created_at", "actions",
        )  # fmt: skip


class ResponseShown(Shown[IndicatorResponse]):
    """What is promised for one indicator."""

    indicator = IndicatorShown()
    promised = serializers.CharField(help_text="承诺的中文写法。")
    is_enough = serializers.BooleanField(
        allow_null=True, help_text="是否达到要求；不能按数值判断的为 null。"
    )

    class Meta:
        model = IndicatorResponse
        fields = ("indicator", "value", "text", "method", "promised", "is_enough")


class ReceiptFile(serializers.Serializer[Any]):
    """A file as it was handed in."""

    slot = serializers.CharField(help_text="材料类别。")
    name = serializers.CharField(help_text="文件名。")
    version = serializers.IntegerField(help_text="版本。")
    size = serializers.IntegerField(help_text="字节数。")
    sha256 = serializers.CharField(help_text="文件校验码（SHA-256）。")
    confidential = serializers.BooleanField(help_text="是否保密。")


class ReceiptHead(serializers.ModelSerializer[Receipt]):
    """A receipt."""

    number = serializers.CharField(help_text="回执编号。")
    late_permission = serializers.SerializerMethodField(
        help_text="逾期许可的编号；按时提交的为空。"
    )
    files = serializers.SerializerMethodField(help_text="提交时的附件清单，每份附件的校验码。")

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = (
            "number",
            "version",
            "submitted_at",
            "digest",
            "late_permission",
            "files",
        )

    def get_late_permission(self, receipt: Receipt) -> str:
        """Return by which permission it was late."""
        return receipt.permission.number if receipt.permission else ""

    @extend_schema_field(ReceiptFile(many=True))
    def get_files(self, receipt: Receipt) -> Any:
        """Return the files that were handed in, each with its hash."""
        return receipt.content.get("files", [])


class ReceiptShown(ReceiptHead):
    """A receipt with exactly what was handed in."""

    content = serializers.DictField(help_text="提交时的全部内容；digest 是其规范 JSON 的 SHA-256。")

    class Meta(ReceiptHead.Meta):
        fields = (*ReceiptHead.Meta.fields, "content")


class BudgetShown(Shown[BudgetRow]):
    """What one item costs, by source."""

    class Meta:
        model = BudgetRow
        fields = TABLES["budget"].columns


class TeamShown(Shown[TeamRow]):
    """One person of the team."""

    class Meta:
        model = TeamRow
        fields = TABLES["team"].columns


class ScheduleShown(Shown[ScheduleRow]):
    """One stage of the work."""

    class Meta:
        model = ScheduleRow
        fields = TABLES["schedule"].columns


class PartyShown(Shown[Party]):
    """A unit behind the solution."""

    unit = Named()
    in_city = serializers.BooleanField(source="unit.in_city", help_text="是否市内单位。")
    confirmed = serializers.SerializerMethodField(help_text="是否已签署确认；牵头单位提交即确认。")

    class Meta:
        model = Party
        fields = (
            "id", "unit", "leads", "in_city", "right", "task", "money_in", "grant_share",
            "confirmed", "confirmed_at", "signatory", "joined_at",
        )  # fmt: skip

    def get_confirmed(self, party: Party) -> bool:
        """Say whether its signature still stands."""
        return checks.signed(party.proposal, party)


class ProposalShown(ProposalRow):
    """A solution in full."""

    host_unit = Named(allow_null=True, help_text="本市依托单位。")
    responses = ResponseShown(many=True)
    budget_rows = BudgetShown(many=True, help_text="经费预算，金额单位：万元。")
    team_rows = TeamShown(many=True, help_text="团队成员。")
    schedule_rows = ScheduleShown(many=True, help_text="进度阶段。")
    parties = PartyShown(many=True, help_text="牵头单位和联合体成员。")
    receipts = ReceiptHead(many=True)

    class Meta(ProposalRow.Meta):
        fields = (
            "id", "number", "challenge", "lead", "state", "revision", "version", "late",
            *CONTENT, "created_at", "responses", "budget_rows", "team_rows", "schedule_rows",
            "parties", "receipts", "actions",
        )  # fmt: skip


class ProposalStarted(Body):
    """For which challenge, in whose name."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    lead = Seen(units.visible_to, help_text="牵头单位 id。")
    intention = serializers.BooleanField(
        required=False, default=False, help_text="true 为只登记揭榜意向，之后再起草。"
    )


class ResponseWritten(RowBody[IndicatorResponse]):
    """The promise for one indicator."""

    indicator = Id(help_text="技术指标 id。")
    value = Number(required=False, allow_null=True)

    class Meta:
        model = IndicatorResponse
        fields = ("indicator", "value", "text", "method")


class BudgetWritten(RowBody[BudgetRow]):
    """What one item costs, by source; a source left out gives nothing."""

    class Meta:
        model = BudgetRow
        fields = TABLES["budget"].columns


class TeamWritten(RowBody[TeamRow]):
    """One person of the team."""

    class Meta:
        model = TeamRow
        fields = TABLES["team"].columns


class ScheduleWritten(RowBody[ScheduleRow]):
    """One stage of the work."""

    class Meta:
        model = ScheduleRow
        fields = TABLES["schedule"].columns


class ProposalWritten(RowBody[Proposal]):
    """What the bidder writes; what is left out stays. A table is replaced as a whole."""

    revision = serializers.IntegerField(
        help_text="您看到的 revision；别人先保存过则拒绝（stale）。"
    )
    host_unit = Seen(units.visible_to, required=False, allow_null=True, help_text="依托单位 id。")
    responses = ResponseWritten(many=True, required=False, help_text="逐项响应技术指标。")
    budget_rows = BudgetWritten(many=True, required=False, help_text="经费预算，整表替换。")
    team_rows = TeamWritten(many=True, required=False, help_text="团队成员，整表替换。")
    schedule_rows = ScheduleWritten(many=True, required=False, help_text="进度阶段，整表替换。")

    class Meta:
        model = Proposal
        fields = (
            "revision", *CONTENT, "responses", "budget_rows", "team_rows", "schedule_rows",
        )  # fmt: skip
