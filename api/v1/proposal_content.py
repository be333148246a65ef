"""A solution as it is written and shown."""

from typing import Any

from rest_framework import serializers

from api.fields import Actions, Id, Number, Seen
from api.serializers import Body, Named, RowBody, Shown
from api.v1.need_content import IndicatorShown
from jiebang.challenges import queries as challenges
from jiebang.organizations import queries as units
from jiebang.proposals import policies
from jiebang.proposals.models import IndicatorResponse, Proposal, Receipt
from jiebang.proposals.snapshots import CONTENT


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
    actions = Actions(Proposal.LIFE, policies.actions_for)

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = (
            "id", "number", "challenge", "lead", "state", "revision", "version", "asked_amount",
            "created_at", "actions",
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


class ReceiptHead(serializers.ModelSerializer[Receipt]):
    """A receipt."""

    number = serializers.CharField(help_text="回执编号。")

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ("number", "version", "submitted_at", "digest")


class ReceiptShown(ReceiptHead):
    """A receipt with exactly what was handed in."""

    content = serializers.DictField(help_text="提交时的全部内容；digest 是其规范 JSON 的 SHA-256。")

    class Meta(ReceiptHead.Meta):
        fields = (*ReceiptHead.Meta.fields, "content")


class ProposalShown(ProposalRow):
    """A solution in full."""

    responses = ResponseShown(many=True)
    receipts = ReceiptHead(many=True)

    class Meta(ProposalRow.Meta):
        fields = (
            "id", "number", "challenge", "lead", "state", "revision", "version", *CONTENT,
            "created_at", "responses", "receipts", "actions",
        )  # fmt: skip


class ProposalStarted(Body):
    """For which challenge, in whose name."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    lead = Seen(units.visible_to, help_text="牵头单位 id。")


class ResponseWritten(RowBody[IndicatorResponse]):
    """The promise for one indicator."""

    indicator = Id(help_text="技术指标 id。")
    value = Number(required=False, allow_null=True)

    class Meta:
        model = IndicatorResponse
        fields = ("indicator", "value", "text", "method")


class ProposalWritten(RowBody[Proposal]):
    """What the bidder writes; what is left out stays."""

    revision = serializers.IntegerField(
        help_text="您看到的 revision；别人先保存过则拒绝（stale）。"
    )
    responses = ResponseWritten(many=True, required=False, help_text="逐项响应技术指标。")

    class Meta:
        model = Proposal
        fields = ("revision", *CONTENT, "responses")
