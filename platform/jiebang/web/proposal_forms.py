"""The form of a solution: the texts, and a promise for every indicator that is asked."""

from collections.abc import Iterable
from typing import Any

from django import forms

from jiebang.library.models import Indicator
from jiebang.library.states import Comparator, Ownership
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import Relation
from jiebang.web.forms import MoneyField, NumberField, ServiceForm
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


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit by its name."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the unit."""
        return str(obj.name)


class ProposalForm(ServiceForm):
    """What a bidder writes (揭榜书); a draft may leave everything empty."""

    units = {"term_months": "个月"}

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pi_name = forms.CharField(label="项目负责人", max_length=40, required=False)
    host_unit = UnitChoice(
        label="本市依托单位",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="请选择",
        help_text="牵头单位不在本市的，选择一家本市单位作为依托单位",
    )
    partners = forms.CharField(
        label="其他参与单位",
        max_length=200,
        required=False,
        help_text="没有在本平台登记的参与单位；已登记的请在“联合体”中邀请",
    )
    technical_route = _text("技术路线", 3000, 8, "评审的主要依据：用什么方法、为什么可行、关键步骤")
    innovation = _text("创新点", 1500, 4)
    research_basis = _text("研究基础", 1500, 5, "已有成果、专利、样机和试验条件")
    team = _text("团队情况", 1500, 4, "也可以在下表逐人填写")
    schedule = _text("进度安排", 1500, 4, "也可以在下表分阶段填写")
    asked_amount = MoneyField(label="期望金额", required=False)
    self_raised = MoneyField(label="自筹资金", required=False)
    term_months = forms.IntegerField(label="完成期限", min_value=1, max_value=120, required=False)
    trl_now = _level("现有技术就绪度")
    trl_now_evidence = _text("现有就绪度依据", 300, 2, "样品、小试、中试或应用证明，写明时间和单位")
    trl_end = _level("完成时技术就绪度")
    trl_end_evidence = _text("完成时就绪度依据", 300, 2, "届时以什么证明达到这一级")
    ip_ownership = forms.ChoiceField(
        label="知识产权归属", choices=[("", "请选择"), *Ownership.choices], required=False
    )
    ip_proposal = _text("知识产权方案", 500, 3)
    risks = _text("风险与预案", 1000, 3)
    relation = forms.ChoiceField(
        label="关联关系声明",
        choices=[("", "请选择"), *Relation.choices],
        required=False,
        help_text="与发榜方有投资、控制、同一实际控制人等关系的，须如实声明",
    )
    related_units = _text("关联单位", 500, 2, "存在关联关系的，一行写一家单位的全称和关系")
    pledged = forms.BooleanField(label=PLEDGE, required=False)
    signatory = forms.CharField(
        label="承诺签署人", max_length=40, required=False, help_text="法定代表人或其授权人的姓名"
    )

    # A section ends with the table of its name, if there is one.
    SECTIONS = (
        ("指标响应", "responses", ()),
        ("技术方案", "route", ("technical_route", "innovation", "research_basis", "risks")),
        ("团队", "team", ("pi_name", "host_unit", "partners", "team")),
        ("进度", "schedule", ("term_months", "schedule")),
        ("经费", "budget", ("asked_amount", "self_raised")),
        (
            "技术就绪度",
            "readiness",
            ("trl_now", "trl_end", "trl_now_evidence", "trl_end_evidence"),
        ),
        (
            "知识产权与承诺",
            "rights",
            (
                "ip_ownership", "relation", "ip_proposal", "related_units", "pledged", "signatory",
            ),
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        initial = {name: getattr(proposal, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        if proposal.lead.in_city:
            del self.fields["host_unit"]
        else:
            local = units.in_public().filter(district__isnull=False)
            self.fields["host_unit"].queryset = local  # type: ignore[attr-defined]
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
        return [
            (title, anchor, [self[n] for n in names if n in self.fields])
            for title, anchor, names in self.SECTIONS
        ]

    def response_rows(self) -> Iterable[tuple[Indicator, forms.BoundField, forms.BoundField]]:
        """Return each indicator with its two fields."""
        for indicator in self.asked:
            key = f"response-{indicator.pk}"
            yield indicator, self[key], self[f"{key}-method"]

    def content(self) -> dict[str, Any]:
        """Return the columns to save."""
        written = (name for name in self.base_fields if name in self.fields)
        return {name: self.cleaned_data[name] for name in written if name != "revision"}

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
