"""The form of a solution: the texts, and a promise for every indicator that is asked."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from jiebang.common.errors import Invalid
from jiebang.library.models import Indicator
from jiebang.library.snapshots import Change
from jiebang.library.states import Comparator, Ownership
from jiebang.proposals import snapshots
from jiebang.proposals.models import Proposal
from jiebang.web.forms import MoneyField, NumberField, ServiceForm, apply_errors
from jiebang.web.need_forms import TRL

PLEDGE = "本单位承诺：所报内容真实，不存在弄虚作假和重复申报，遵守科研诚信要求，愿承担相应责任"


def _text(label: str, most: int, rows: int = 5, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=most, required=False, widget=widget, help_text=help_text
    )


def _level(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=TRL, coerce=int, empty_value=None, required=False
    )


def _words(proposal: Proposal, name: str) -> str:
    value = getattr(proposal, name)
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return f"{value.normalize():f}"
    return str(getattr(proposal, f"get_{name}_display", lambda: value)())


class ProposalForm(ServiceForm):
    """What a bidder writes (揭榜书); a draft may leave everything empty."""

    units = {"term_months": "个月"}

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pi_name = forms.CharField(label="项目负责人", max_length=40, required=False)
    partners = forms.CharField(
        label="参与单位", max_length=200, required=False, help_text="联合揭榜的，写明各参与单位"
    )
    technical_route = _text("技术路线", 3000, 8, "评审的主要依据：用什么方法、为什么可行、关键步骤")
    innovation = _text("创新点", 1500, 4)
    research_basis = _text("研究基础", 1500, 5, "已有成果、专利、样机和试验条件")
    team = _text("团队情况", 1500, 4)
    schedule = _text("进度安排", 1500, 4)
    asked_amount = MoneyField(label="期望金额", required=False)
    self_raised = MoneyField(label="自筹资金", required=False)
    term_months = forms.IntegerField(label="完成期限", min_value=1, max_value=120, required=False)
    trl_now = _level("现有技术就绪度")
    trl_end = _level("完成时技术就绪度")
    ip_ownership = forms.ChoiceField(
        label="知识产权归属", choices=[("", "请选择"), *Ownership.choices], required=False
    )
    ip_proposal = _text("知识产权方案", 500, 3)
    risks = _text("风险与预案", 1000, 3)
    pledged = forms.BooleanField(label=PLEDGE, required=False)

    SECTIONS = (
        ("团队与基础", "team-part", ("pi_name", "partners", "team", "research_basis")),
        ("指标响应", "responses", ()),
        ("技术方案", "route", ("technical_route", "innovation", "schedule", "risks")),
        (
            "经费与期限",
            "money",
            ("asked_amount", "self_raised", "term_months", "trl_now", "trl_end"),
        ),
        ("知识产权与承诺", "rights", ("ip_ownership", "ip_proposal", "pledged")),
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        initial = {name: getattr(proposal, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        self.asked = list(proposal.challenge.need.indicators.all())
        answered = {row.indicator_id: row for row in proposal.responses.all()}
        for indicator in self.asked:
            self._add_response(indicator, answered.get(indicator.pk))

    def _add_response(self, indicator: Indicator, response: Any) -> None:
        key = f"response-{indicator.pk}"
        worded = indicator.comparator == Comparator.TEXT
        promise: forms.Field = (
            forms.CharField(max_length=200, required=False)
            if worded
            else NumberField(required=False)
        )
        promise.label = f"对“{indicator.name}”的承诺"
        self.fields[key] = promise
        self.fields[f"{key}-method"] = forms.CharField(
            label=f"“{indicator.name}”的实现与验证方法", max_length=200, required=False
        )
        if response:
            self.initial[key] = response.text if worded else response.value
            self.initial[f"{key}-method"] = response.method

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields in their groups; the responses have a group of their own."""
        return [(title, anchor, [self[n] for n in names]) for title, anchor, names in self.SECTIONS]

    def response_rows(self) -> Iterable[tuple[Indicator, forms.BoundField, forms.BoundField]]:
        """Return each indicator with its two fields."""
        for indicator in self.asked:
            key = f"response-{indicator.pk}"
            yield indicator, self[key], self[f"{key}-method"]

    def show_missing(self, faults: Mapping[str, Sequence[str]]) -> None:
        """Put what keeps the solution from being submitted at the fields, as if posted."""
        self.full_clean()
        self.cleaned_data = {}
        sentence = f"还有 {len(faults)} 处需要补齐，已在下方标出，补齐后即可提交"
        apply_errors(self, Invalid(sentence, fields=faults))

    def differences(self, saved: Proposal) -> list[Change]:
        """Return where what is typed differs from what a colleague has saved meanwhile."""
        typed = Proposal(**self.content())
        pairs = [(name, _words(saved, name), _words(typed, name)) for name in snapshots.CONTENT]
        return [
            Change(name, str(self.fields[name].label), before, after)
            for name, before, after in pairs
            if before != after
        ]

    def content(self) -> dict[str, Any]:
        """Return the columns to save."""
        return {k: self.cleaned_data[k] for k in self.base_fields if k != "revision"}

    def responses(self) -> dict[int, dict[str, Any]]:
        """Return the promises by indicator."""
        made = {}
        for indicator in self.asked:
            key = f"response-{indicator.pk}"
            promise = self.cleaned_data.get(key)
            worded = indicator.comparator == Comparator.TEXT
            made[indicator.pk] = {
                "value": None if worded else promise,
                "text": promise or "" if worded else "",
                "method": self.cleaned_data.get(f"{key}-method", ""),
            }
        return made
