"""Forms of acceptance and after."""

from typing import Any

from django import forms

from jiebang.acceptance import checklist
from jiebang.acceptance.models import Acceptance, AcceptanceRules
from jiebang.acceptance.states import Conclusion, Paper, Satisfaction
from jiebang.integrity.states import Sanction
from jiebang.library.states import Comparator
from jiebang.web.forms import MoneyField, NumberField, ServiceForm

EMPTY = ("", "请选择")


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ApplicationForm(ServiceForm):
    """What was done, and for each indicator what was measured with its evidence."""

    summary = forms.CharField(
        label="完成情况", required=False, max_length=3000, widget=_text(6),
        help_text="合同约定的任务完成得怎样，与约定有什么不同。",
    )  # fmt: skip
    benefits = forms.CharField(label="成果与效益", required=False, max_length=2000, widget=_text(4))
    intellectual_property = forms.CharField(
        label="知识产权", required=False, max_length=2000, widget=_text(3)
    )
    spent = MoneyField(label="实际支出", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, acceptance: Acceptance, **kwargs: Any) -> None:
        self.lines = checklist.lines(acceptance)
        kwargs.setdefault("initial", self._initial(acceptance))
        super().__init__(*args, **kwargs)
        for line in self.lines:
            row = line.indicator
            label = f"“{row.name}”实测"
            field: forms.Field = NumberField(label=label, required=False)
            if row.comparator == Comparator.TEXT:
                field = forms.CharField(label=label, required=False, max_length=200)
            else:
                field.unit = row.unit  # type: ignore[attr-defined]
            self.fields[f"measured-{row.pk}"] = field
            self.fields[f"evidence-{row.pk}"] = forms.CharField(
                label=f"“{row.name}”佐证", required=False, max_length=200
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Return each line with its two fields."""
        return [
            (x, self[f"measured-{x.indicator.pk}"], self[f"evidence-{x.indicator.pk}"])
            for x in self.lines
        ]

    @property
    def data_written(self) -> dict[str, Any]:
        """Return the texts and the money."""
        return {name: self.cleaned_data[name] for name in checklist.WRITABLE}

    def results(self) -> dict[int, dict[str, Any]]:
        """Return what was typed for each indicator, by its key."""
        found = {}
        for line in self.lines:
            key = line.indicator.pk
            value = self.cleaned_data[f"measured-{key}"]
            is_text = line.indicator.comparator == Comparator.TEXT
            kind = "text" if is_text else "value"
            empty = "" if is_text else None
            evidence = self.cleaned_data[f"evidence-{key}"]
            found[key] = {kind: value if value is not None else empty, "evidence": evidence}
        return found

    def _initial(self, acceptance: Acceptance) -> dict[str, Any]:
        """Return what was written, or for what was not yet, what the reports measured last."""
        found = {name: getattr(acceptance, name) for name in checklist.WRITABLE}
        found["revision"] = acceptance.revision
        last = checklist.last_measured(acceptance.contract)
        for line in self.lines:
            key = line.indicator.pk
            row = line.result or last.get(key)
            if row is not None:
                found[f"measured-{key}"] = row.text if row.value is None else row.value
                found[f"evidence-{key}"] = row.evidence
        return found


class SatisfactionForm(ServiceForm):
    """How content the poster is."""

    satisfaction = forms.ChoiceField(
        label="满意度", choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    satisfaction_text = forms.CharField(label="理由", max_length=1000, widget=_text(4))


class VoteForm(ServiceForm):
    """One member's opinion and vote."""

    advice = forms.ChoiceField(label="表决", choices=Conclusion.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="专家意见", max_length=2000, widget=_text(6))


class ConclusionForm(ServiceForm):
    """The conclusion, why, why not as the votes say, and until when to revise."""

    conclusion = forms.ChoiceField(
        label="验收结论", choices=Conclusion.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", max_length=2000, widget=_text(4))
    departure = forms.CharField(
        label="与专家意见不一致的理由",
        required=False,
        max_length=1000,
        widget=_text(3),
        help_text="按专家多数意见提出时不必填写。",
    )
    revise_by = forms.DateField(
        label="修改期限", required=False, help_text="只在“修改后复核”时填写。"
    )


class IntegrityForm(ServiceForm):
    """The record that a failed acceptance proposes."""

    conduct = forms.CharField(label="失信行为", max_length=1000, widget=_text(3))
    sanction = forms.ChoiceField(label="处理", choices=Sanction.choices)
    holds_until = forms.DateField(
        label="限制截止日期", required=False, help_text="不填为未定期限。"
    )


class EffectsForm(ServiceForm):
    """What came of an accepted contract; nought is a number."""

    units = {"patents": "件", "joint_patents": "件", "standards": "项", "jobs": "人"}

    revenue = MoneyField(label="新增产值")
    tax = MoneyField(label="新增税收")
    investment = MoneyField(label="新增投资")
    patents = forms.IntegerField(label="申请专利", min_value=0)
    joint_patents = forms.IntegerField(label="其中合作申请", min_value=0)
    standards = forms.IntegerField(label="制修订标准", min_value=0)
    jobs = forms.IntegerField(label="新增就业", min_value=0)
    effects = forms.CharField(label="成效说明", max_length=2000, widget=_text(5))


class ScoreForm(ServiceForm):
    """The bureau's score and opinion."""

    units = {"score": "分"}

    score = forms.IntegerField(label="得分", min_value=0, max_value=100)
    note = forms.CharField(label="评价意见", max_length=1000, widget=_text(4))


class RulesForm(ServiceForm):
    """What a call sets for acceptance and after."""

    units = {
        "due_months": "个月", "answer_days": "天", "review_days": "天", "pass_share": "%",
        "recheck_days": "天", "notice_days": "个工作日", "assessment_months": "个月",
        "assessment_days": "天", "panel_size": "名", "most_of_a_unit": "名", "opinion_least": "字",
    }  # fmt: skip

    due_months = forms.IntegerField(label="合同期满后几个月内申请验收", min_value=0, max_value=60)
    papers = forms.MultipleChoiceField(
        label="必备材料",
        choices=Paper.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    satisfaction_required = forms.BooleanField(label="须有需求方满意度评价", required=False)
    panel_size = forms.IntegerField(label="验收专家人数", min_value=1, max_value=30)
    most_of_a_unit = forms.IntegerField(label="同一单位最多人数", min_value=1, max_value=30)
    answer_days = forms.IntegerField(label="答复期限", min_value=1, max_value=60)
    review_days = forms.IntegerField(label="评议期限", min_value=1, max_value=90)
    pass_share = forms.IntegerField(label="通过所需同意比例", min_value=1, max_value=100)
    opinion_least = forms.IntegerField(label="意见最少字数", min_value=0, max_value=500)
    recheck_days = forms.IntegerField(label="修改期限最长", min_value=1, max_value=365)
    notice_days = forms.IntegerField(
        label="结论公示期", min_value=0, max_value=60, help_text="填 0 为不公示。"
    )
    panel_named = forms.BooleanField(label="证书和公示写明专家姓名", required=False)
    assessment_months = forms.IntegerField(label="验收后开展绩效评价", min_value=1, max_value=120)
    assessment_days = forms.IntegerField(label="成效填报期限", min_value=1, max_value=365)

    @classmethod
    def initial_of(cls, rules: AcceptanceRules) -> dict[str, Any]:
        """Return what the form begins with."""
        return {name: getattr(rules, name) for name in cls.base_fields}
