"""A contract, its milestones and reports as they are written and shown."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Actions, Id, Number, Wan
from api.serializers import Body, Named, RowBody, Shown
from api.v1.proposal_content import ChallengeNamed
from jiebang.accounts.models import User
from jiebang.contracts import policies, reporting, terms
from jiebang.contracts.models import (
    Contract,
    Measurement,
    Milestone,
    MilestoneReport,
    Payment,
    Signature,
    Spending,
    StageOpinion,
)
from jiebang.contracts.states import Side, State
from jiebang.library.models import Indicator


class MeasurementShown(Shown[Measurement]):
    """What was measured for one indicator."""

    indicator_id = serializers.IntegerField()
    measured = serializers.CharField(help_text="实测的中文写法。")

    class Meta:
        model = Measurement
        fields = ("indicator_id", "value", "text", "evidence", "measured")


class ReportShown(Shown[MilestoneReport]):
    """A progress report."""

    reported_by = serializers.CharField(source="reported_by.display_name")
    measurements = MeasurementShown(many=True)
    spending = serializers.SerializerMethodField(help_text="按科目、按来源的累计支出。")
    opinions = serializers.SerializerMethodField(help_text="专家阶段检查意见。")

    class Meta:
        model = MilestoneReport
        fields = (
            "id", "summary", "problems", "next_plan", "spent", "spending", "reported_by",
            "reported_at", "measurements", "opinion", "decision", "judged_at", "opinions",
        )  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_spending(self, report: MilestoneReport) -> Any:
        """Return what was spent until then."""
        return SpendingShown(report.spending.all(), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_opinions(self, report: MilestoneReport) -> Any:
        """Return the experts' opinions."""
        return OpinionRow(report.opinions.all(), many=True).data


class SpendingShown(Shown[Spending]):
    """What was spent on an item or out of a source."""

    label = serializers.CharField(help_text="科目或来源的中文名称。")  # type: ignore[assignment]

    class Meta:
        model = Spending
        fields = ("axis", "code", "label", "amount")


class OpinionRow(Shown[StageOpinion]):
    """An expert's opinion on a report."""

    expert = serializers.CharField(source="expert.display_name")

    class Meta:
        model = StageOpinion
        fields: tuple[str, ...] = (
            "id", "expert", "asked_at", "due_on", "advice", "text", "given_at",
        )  # fmt: skip


class MilestoneRow(Shown[Milestone]):
    """A milestone in a list."""

    contract_id = serializers.IntegerField()
    deadline = serializers.DateField(read_only=True, help_text="应提交的日期；整改中为整改期限。")
    is_late = serializers.SerializerMethodField(help_text="应提交而未提交，且已过应完成日期。")
    actions = Actions(Milestone.LIFE, policies.milestone_actions_for)

    class Meta:
        model = Milestone
        fields: tuple[str, ...] = (
            "id", "contract_id", "position", "title", "goal", "due_on", "rectify_by", "deadline",
            "evidence_asked", "consequence", "expert_check", "tranche", "upfront", "drawn",
            "state", "is_late", "actions",
        )  # fmt: skip

    def get_is_late(self, milestone: Milestone) -> bool:
        """Say whether it should have been reported by now."""
        return milestone.is_late()


class MilestoneShown(MilestoneRow):
    """A milestone with what it must show, and its reports."""

    indicators: Any = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True, help_text="本里程碑考核的技术指标 id。"
    )
    reports = ReportShown(many=True)

    class Meta(MilestoneRow.Meta):
        fields = (*MilestoneRow.Meta.fields, "indicators", "reports")


class SignatureShown(Shown[Signature]):
    """A signature."""

    signer = serializers.CharField(source="signer.display_name")

    class Meta:
        model = Signature
        fields = ("side", "signer", "signed_at")


class ContractRow(Shown[Contract]):
    """A contract in a list."""

    number = serializers.CharField(help_text="编号。")
    challenge = ChallengeNamed(
        source="award.challenge",
        allow_null=True,
        read_only=True,
        help_text="榜题；定向委托没有，为 null。",
    )
    commission_number = serializers.CharField(
        source="commission.number",
        default="",
        read_only=True,
        help_text="定向委托编号；张榜的合同为空。",
    )
    poster = Named(allow_null=True, help_text="甲方；由科技局归集的需求没有甲方，为 null。")
    solver = Named(help_text="乙方。")
    paid = Wan(read_only=True, help_text="已凭凭证拨付的合计，单位：万元。")
    released = Wan(read_only=True, help_text="已确认里程碑的拨付合计，单位：万元。")
    actions = Actions(Contract.LIFE, policies.actions_for)

    class Meta:
        model = Contract
        fields: tuple[str, ...] = (
            "id", "number", "title", "state", "challenge", "commission", "commission_number",
            "poster", "solver", "amount", "grant", "ceiling", "self_raised", "matching", "paid",
            "released", "recalled", "returned", "contract_no", "dated_on", "version", "starts_on",
            "ends_on", "extensions", "signed_at", "acceptance_number", "closed_at", "actions",
        )  # fmt: skip


class IndicatorLine(serializers.Serializer[Any]):
    """One indicator: asked, promised, measured."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    target = serializers.CharField(help_text="要求。")
    core = serializers.BooleanField(help_text="是否约束性指标。")
    promised = serializers.CharField(allow_blank=True, help_text="揭榜书的承诺。")
    measured = serializers.CharField(allow_blank=True, help_text="最近一次报告的实测。")
    is_met = serializers.BooleanField(allow_null=True, help_text="实测是否达到要求。")


def more(user: User, contract: Contract) -> dict[str, str]:
    """Return what one can do with a contract besides its own steps."""
    can = {}
    if contract.state == State.DRAFTING and policies.may_draft(user, contract):
        can["write"] = "拟定合同"
    if contract.state == State.SIGNING:
        signed = {signature.side for signature in contract.signatures.all()}
        for side in policies.sides_of(user, contract):
            if side not in signed and policies.may_sign(user, contract, side):
                can[f"sign:{side}"] = f"代表{side.label}签署"
    return can


class ContractShown(ContractRow):
    """A contract in full."""

    budget = serializers.SerializerMethodField(help_text="各预算科目的金额（万元）。")
    warnings = serializers.SerializerMethodField(
        help_text="与本市比例、预算和投入承诺不符之处；只提醒，不阻止办理。"
    )

    indicators = serializers.SerializerMethodField(help_text="每项指标：要求、承诺、实测。")
    milestones = MilestoneShown(many=True)
    signatures = SignatureShown(many=True)
    actions = Actions(Contract.LIFE, policies.actions_for, more)

    class Meta(ContractRow.Meta):
        fields = (
            *ContractRow.Meta.fields, "ip_terms", "budget", "warnings", "indicators",
            "milestones", "signatures",
        )  # fmt: skip

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_budget(self, contract: Contract) -> Any:
        """Return the budget by item."""
        return {line.item: f"{line.amount.normalize():f}" for line in contract.budget.all()}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, contract: Contract) -> Any:
        """Return what the ratios have against the terms and the newest report."""
        reports = [row for stone in contract.milestones.all() for row in stone.reports.all()]
        newest = max(reports, key=lambda row: row.pk, default=None)
        return [*terms.warnings(contract), *reporting.warnings(contract, newest)]

    @extend_schema_field(IndicatorLine(many=True))
    def get_indicators(self, contract: Contract) -> Any:
        """Return the rows of the need with what was promised and last measured for each."""
        award = contract.award
        responses = award.proposal.responses.select_related("indicator") if award else ()
        promised = {row.indicator_id: row.promised for row in responses}
        reports = [r for milestone in contract.milestones.all() for r in milestone.reports.all()]
        measured = {
            row.indicator_id: row
            for report in sorted(reports, key=lambda report: report.pk)
            for row in report.measurements.all()
        }
        asked = contract.indicators
        return [_line(row, promised.get(row.pk, ""), measured.get(row.pk)) for row in asked]


def _line(row: Indicator, promised: str, found: Measurement | None) -> dict[str, Any]:
    measured = found.measured if found else ""
    met = row.is_met_by(found.value) if found else None
    line = {"id": row.pk, "name": row.name, "target": row.target, "core": row.core}
    return {**line, "promised": promised, "measured": measured, "is_met": met}


class MilestoneWritten(RowBody[Milestone]):
    """A milestone."""

    indicators = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="考核的技术指标 id。"
    )
    tranche = Wan(help_text="拨付金额，单位：万元；合计须等于合同金额。")

    upfront = Wan(required=False, help_text="其中合同生效即可申请的金额，单位：万元。")

    class Meta:
        model = Milestone
        fields = (
            "title", "goal", "due_on", "tranche", "upfront", "evidence_asked", "consequence",
            "expert_check", "indicators",
        )  # fmt: skip


class Terms(RowBody[Contract]):
    """Dates, clauses, and all milestones in order."""

    title = serializers.CharField(max_length=80, required=False)
    amount = Wan(required=False, help_text="合同金额，单位：万元；不得超过中榜（委托）金额。")
    self_raised = Wan(required=False, help_text="乙方自筹投入，单位：万元。")
    matching = Wan(required=False, help_text="配套资金，单位：万元。")
    budget = serializers.DictField(
        child=Wan(), required=False, help_text="预算科目到金额（万元）。"
    )
    milestones = MilestoneWritten(many=True)

    class Meta:
        model = Contract
        fields = (
            "title", "starts_on", "ends_on", "ip_terms", "amount", "self_raised", "matching",
            "budget", "milestones",
        )  # fmt: skip


class Signed(Body):
    """For which side."""

    side = serializers.ChoiceField(choices=Side.choices)
    version = serializers.IntegerField(
        required=False, min_value=0, help_text="您看到的合同版本；已不是最新则拒绝（409）。"
    )
    contract_no = serializers.CharField(
        max_length=60, required=False, help_text="合同文号；科技局签署时填写，默认用合同编号。"
    )
    dated_on = serializers.DateField(
        required=False, help_text="签订日期；科技局签署时填写，默认今天。"
    )


class MeasurementWritten(RowBody[Measurement]):
    """What was measured for one indicator."""

    indicator = Id(help_text="技术指标 id。")
    value = Number(required=False, allow_null=True)

    class Meta:
        model = Measurement
        fields = ("indicator", "value", "text", "evidence")


class ReportWritten(RowBody[MilestoneReport]):
    """A progress report."""

    measurements = MeasurementWritten(many=True, help_text="本里程碑每项指标的实测。")
    spending = serializers.DictField(
        child=serializers.DictField(child=Wan()),
        required=False,
        help_text='累计支出：{"item": {科目: 金额}, "source": {来源: 金额}}，各自合计等于 spent。',
    )

    class Meta:
        model = MilestoneReport
        fields = ("summary", "problems", "next_plan", "spent", "measurements", "spending")


class PaymentShown(Shown[Payment]):
    """One movement of a contract's money."""

    number = serializers.CharField(help_text="编号。")
    contract_id = serializers.IntegerField()
    milestone_id = serializers.IntegerField(allow_null=True, help_text="追回没有里程碑，为 null。")
    requested_by = serializers.CharField(source="requested_by.display_name")
    approved_by = serializers.CharField(
        source="approved_by.display_name", allow_null=True, read_only=True
    )
    settled_by = serializers.CharField(
        source="settled_by.display_name", allow_null=True, read_only=True
    )
    actions = Actions(Payment.LIFE, policies.payment_actions_for)

    class Meta:
        model = Payment
        fields = (
            "id", "number", "contract_id", "milestone_id", "kind", "state", "amount", "grant",
            "purpose", "requested_by", "approved_by", "settled_by", "voucher", "settled_on",
            "actions",
        )  # fmt: skip


class Recalled(Body):
    """How much is called back, and why."""

    amount = Wan(help_text="金额，单位：万元。")
    grant = Wan(default=Decimal(0), help_text="其中财政补助，单位：万元。")
    purpose = serializers.CharField(max_length=500, help_text="用途说明。")


class PaymentAsked(Recalled):
    """How much of which milestone, and what for."""

    milestone = Id(help_text="已确认的里程碑 id。")
