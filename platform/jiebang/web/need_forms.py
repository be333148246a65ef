"""The form of a need, its indicator rows, and what the check-up reads of them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from jiebang.common.errors import DomainError, Invalid
from jiebang.library import checkup, queries, snapshots
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import (
    AcceptanceMethod,
    ActivityType,
    Comparator,
    Ownership,
    Secrecy,
    SolveMode,
)
from jiebang.taxonomy.models import TechField
from jiebang.web.forms import MoneyField, NumberField, ServiceForm, apply_errors

TRL = [("", "请选择"), *((str(n), f"{n} 级") for n in range(1, 10))]


def _text(label: str, most: int, rows: int = 4, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=most, required=False, widget=widget, help_text=help_text
    )


def _choice(label: str, choices: Any, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", "请选择"), *choices], required=False, help_text=help_text
    )


def _level(value: str) -> int | None:
    return int(value) if value else None


class FieldChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Technical fields by their groups."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a branch together with its group."""
        return str(obj.full_name)


class NeedForm(ServiceForm):
    """What an owner writes (技术需求表); a draft may leave everything but the name empty."""

    units = {"term_months": "个月"}

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="需求名称", max_length=60, help_text="一句话说清要攻克什么")
    call = forms.ModelChoiceField(label="申报批次", queryset=Call.objects.none(), required=False)
    tech_field = FieldChoice(
        label="技术领域",
        queryset=TechField.objects.filter(active=True).select_related("parent"),
        required=False,
    )
    keywords = forms.CharField(
        label="关键词", max_length=120, required=False, help_text="3 至 5 个，用逗号分开"
    )
    main_problem = _text("拟解决的技术难题", 1000, 6, "现状如何、卡在哪里、为什么自己做不了")
    key_technology = _text("主要研究内容", 1000, 5)
    expected_goal = _text("预期目标", 500, 3, "写明做到什么程度算成功，尽量用数字")
    background = _text("需求背景和国内外现状", 1000)
    current_basis = _text("现有基础条件", 1000)
    solve_mode = _choice("解决方式", SolveMode.choices)
    activity_type = _choice("科技活动类型", ActivityType.choices)
    trl_now = forms.TypedChoiceField(
        label="现有技术就绪度", choices=TRL, coerce=_level, empty_value=None, required=False
    )
    trl_target = forms.TypedChoiceField(
        label="目标技术就绪度", choices=TRL, coerce=_level, empty_value=None, required=False
    )
    total_budget = MoneyField(label="拟投入资金总额", required=False, help_text="留空为面议")
    bounty = MoneyField(label="榜单金额", required=False, help_text="付给揭榜方的金额，留空为面议")
    grant = MoneyField(label="申请财政补助", required=False)
    term_months = forms.IntegerField(label="实施期限", min_value=1, max_value=120, required=False)
    deliverables = _text("交付要求", 500, 3)
    solver_conditions = _text("揭榜条件", 500, 3)
    acceptance_method = _choice("验收方式", AcceptanceMethod.choices)
    intended_units = forms.CharField(label="合作意向单位", max_length=200, required=False)
    ip_ownership = _choice("知识产权归属", Ownership.choices)
    ip_terms = _text("知识产权约定", 500, 3, "背景技术、新成果和收益如何分配")
    secrecy = _choice("密级", Secrecy.choices, "限对接方：详细内容只给已核验的单位看")
    mask_owner = forms.BooleanField(label="发布时隐去单位名称", required=False)
    valid_until = forms.DateField(label="有效期至", required=False)
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    contact_phone = forms.CharField(label="联系电话", max_length=30, required=False)

    SECTIONS = (
        ("基本信息", "basics", ("title", "call", "tech_field", "keywords")),
        (
            "难题与目标",
            "problem",
            ("main_problem", "key_technology", "expected_goal", "background", "current_basis"),
        ),
        ("技术指标", "indicators", ()),
        (
            "实施与经费",
            "plan",
            (
                "solve_mode", "activity_type", "trl_now", "trl_target", "total_budget", "bounty",
                "grant", "term_months", "deliverables", "solver_conditions", "acceptance_method",
                "intended_units",
            ),
        ),
        ("知识产权与保密", "rights", ("ip_ownership", "ip_terms", "secrecy", "mask_owner")),
        ("联系人与有效期", "contact", ("contact_name", "contact_phone", "valid_until")),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["call"].value()
        calls = queries.calls_open() | Call.objects.filter(pk=getattr(chosen, "pk", chosen) or 0)
        self.fields["call"].queryset = calls.distinct()  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields in their groups; the indicator rows have a group of their own."""
        return [
            (title, anchor, [self[name] for name in names])
            for title, anchor, names in self.SECTIONS
        ]

    def content(self) -> dict[str, Any]:
        """Return the columns to save, the choices left open as the model wants them."""
        data = {k: v for k, v in self.cleaned_data.items() if k != "revision"}
        defaults = {
            "solve_mode": SolveMode.COOPERATE,
            "activity_type": ActivityType.EXPERIMENTAL,
            "secrecy": Secrecy.PUBLIC,
        }
        return data | {name: data[name] or value for name, value in defaults.items()}

    @classmethod
    def initial_of(cls, need: TechNeed) -> dict[str, Any]:
        """Return what the form shows of a need that exists."""
        return {name: getattr(need, name) for name in cls.base_fields}


class IndicatorForm(forms.Form):
    """One indicator row."""

    name = forms.CharField(label="指标名称", max_length=60, required=False)
    comparator = forms.TypedChoiceField(
        label="要求", choices=Comparator.choices, required=False, empty_value=Comparator.AT_LEAST
    )
    value = NumberField(label="数值", required=False)
    value_high = NumberField(label="上限", required=False)
    text = forms.CharField(label="定性要求", max_length=200, required=False)
    unit = forms.CharField(label="单位", max_length=20, required=False)
    baseline = forms.CharField(label="现有水平", max_length=60, required=False)
    benchmark = forms.CharField(label="国际先进", max_length=60, required=False)
    test_method = forms.CharField(label="测试方法", max_length=120, required=False)
    evidence = forms.CharField(label="佐证材料", max_length=120, required=False)
    core = forms.BooleanField(label="约束性", required=False, initial=True)

    def is_blank(self) -> bool:
        """Say whether nobody has typed anything into the row."""
        typed = getattr(self, "cleaned_data", {})
        return not any(v for k, v in typed.items() if k not in ("comparator", "core", "DELETE"))


class IndicatorRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The indicator rows, blank and removed ones left out."""

    def rows(self) -> list[dict[str, Any]]:
        """Return what was typed, row by row."""
        return [
            {k: v for k, v in self.forms[place].cleaned_data.items() if k in snapshots.ROW}
            for place in self._kept()
        ]

    def on_page(self, name: str) -> str:
        """Return a field's name as the page has it, where `rows` left out what is above it."""
        indexed = re.fullmatch(rf"{re.escape(str(self.prefix))}-(\d+)-(\w+)", name)
        if indexed is None or not self.is_bound:
            return name
        return f"{self.prefix}-{self._kept()[int(indexed[1])]}-{indexed[2]}"

    def _kept(self) -> list[int]:
        return [
            place for place, form in enumerate(self.forms)
            if not form.is_blank() and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip


IndicatorFormSet: Any = forms.formset_factory(
    IndicatorForm, formset=IndicatorRows, extra=0, can_delete=True, max_num=60
)


def rows_of(need: TechNeed | None) -> list[dict[str, Any]]:
    """Return the rows the form begins with: the need's own, or three empty ones."""
    own = snapshots.rows_of(need) if need else []
    return own or [{"comparator": Comparator.AT_LEAST, "core": True} for _ in range(3)]


def differences(need: TechNeed, form: NeedForm) -> list[snapshots.Change]:
    """Return what of the texts somebody else has saved differs from what is typed here."""
    typed = TechNeed(pk=need.pk, **form.content())
    return snapshots.differences(snapshots.take(need), snapshots.take(typed))


def examine(data: Mapping[str, Any]) -> checkup.CheckUp:
    """Return the check-up of what is typed at this moment; what cannot be read counts as empty."""
    form, rows = NeedForm(data), IndicatorFormSet(data, prefix="indicators")
    form.is_valid()
    rows.is_valid()
    content = dict(form.cleaned_data)
    report = checkup.check(content, rows.rows(), queries.rules_of(content.get("call")))
    placed = (replace(found, field=rows.on_page(found.field)) for found in report.findings)
    return replace(report, findings=tuple(placed))


def refuse(form: NeedForm, rows: Any, refusal: DomainError) -> None:
    """Put a refusal's sentences at the fields and the rows that they are about."""
    refusal.fields = {rows.on_page(name): texts for name, texts in refusal.fields.items()}
    apply_errors(form, refusal, rows)


def show_errors(form: NeedForm, rows: Any, report: checkup.CheckUp) -> None:
    """Put what keeps the need from being submitted at the fields, as if they had been posted."""
    for part in (form, *rows.forms):
        part.full_clean()
        part.cleaned_data = {}
    sentence = f"还有 {len(report.errors)} 处需要补齐，已在下方标出，补齐后即可提交"
    apply_errors(form, Invalid(sentence, fields=report.sentences()), rows)


def findings(report: checkup.CheckUp) -> list[dict[str, str]]:
    """Return the findings with the places to jump to."""
    whole = {"indicators": "indicators"}
    return [
        {
            "severity": finding.severity,
            "field": finding.field,
            "sentence": finding.sentence,
            "anchor": whole.get(finding.field, f"id_{finding.field}"),
        }
        for finding in report.findings
    ]
