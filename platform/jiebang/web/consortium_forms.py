"""The forms of a consortium: an invitation, who does what, a signature, a remark."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jiebang.common.errors import DomainError
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import Right
from jiebang.web.forms import MoneyField, NumberField, ServiceForm, apply_errors
from jiebang.web.proposal_forms import UnitChoice

CONFIRMATION = (
    "本单位已阅知揭榜书全文和分工、资金安排，同意以联合体成员身份揭榜，并对所承担任务负责"
)


class PartnerForm(ServiceForm):
    """Whom to invite: a unit here, or an address."""

    unit = UnitChoice(
        label="邀请单位",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="选择平台上的单位",
    )
    email = forms.EmailField(
        label="或邀请邮箱", required=False, help_text="对方须用这个邮箱的账号接受邀请"
    )
    right = forms.ChoiceField(label="权限", choices=Right.choices, initial=Right.COMMENT)
    task = forms.CharField(label="拟承担任务", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units.in_public()  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    """One unit's part."""

    task = forms.CharField(label="承担任务", max_length=200, required=False)
    money_in = MoneyField(label="投入资金（万元）", required=False)
    grant_share = NumberField(
        label="资金分配比例（%）", max_digits=5, decimal_places=2, min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    right = forms.ChoiceField(label="权限", choices=Right.choices, required=False)


class ShareForms:
    """The parts of all units, one row each."""

    def __init__(self, proposal: Proposal, data: Mapping[str, Any] | None = None) -> None:
        self.parties = list(proposal.parties.select_related("unit"))
        self.forms = [
            ShareForm(data, prefix=f"party-{p.pk}", initial={n: getattr(p, n) for n in NAMES})
            for p in self.parties
        ]
        for party, form in zip(self.parties, self.forms, strict=True):
            if party.leads:
                del form.fields["right"]
        # What belongs to no row stands above the table.
        self.whole = forms.Form(data)

    def __iter__(self) -> Any:
        """Go through the units with their forms."""
        return zip(self.parties, self.forms, strict=True)

    def is_valid(self) -> bool:
        """Say whether all rows can be read."""
        return all([self.whole.is_valid(), *(form.is_valid() for form in self.forms)])

    def rows(self) -> dict[int, dict[str, Any]]:
        """Return what was typed, by the party's key."""
        made = {}
        for party, form in self:
            typed = {name: form.cleaned_data[name] for name in form.fields}
            if not typed.get("right", "-"):
                typed["right"] = party.right
            made[party.pk] = typed
        return made

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal's sentences into the rows."""
        apply_errors(self.whole, refusal, self)  # type: ignore[arg-type]


NAMES = ("task", "money_in", "grant_share", "right")


class ConfirmForm(ServiceForm):
    """A partner's signature."""

    signatory = forms.CharField(
        label="签署人", max_length=40, help_text="法定代表人或其授权人的姓名"
    )
    agreed = forms.BooleanField(label=CONFIRMATION)


class CommentForm(ServiceForm):
    """A remark."""

    text = forms.CharField(label="批注", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class LateForm(ServiceForm):
    """Which unit may be late, until when, and why."""

    unit = UnitChoice(label="揭榜单位", queryset=Organization.objects.none(), empty_label="请选择")
    until = forms.DateTimeField(label="可提交至")
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明逾期的原因和依据，如系统故障的时间和记录；理由会随回执公开给发榜方",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units.in_public()  # type: ignore[attr-defined]
