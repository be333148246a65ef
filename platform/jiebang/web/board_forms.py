"""Forms of what is said about a challenge on the board."""

from copy import deepcopy
from typing import Any

from django import forms

from jiebang.challenges.amendments import AMENDABLE
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import ContactWay
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.web.forms import ServiceForm
from jiebang.web.need_forms import NeedForm


def _prose(label: str, most: int, *, rows: int = 4, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **more)


class AmendForm(ServiceForm):
    """Why, and the columns that may change while the challenge is on the board."""

    units = {"term_months": "个月"}

    reason = _prose("变更理由", 500, rows=3, help_text="发布后所有人可见")

    def __init__(self, *args: Any, need: TechNeed, asked: bool = True, **kwargs: Any) -> None:
        kept = {name: getattr(need, name) for name in AMENDABLE}
        super().__init__(*args, initial=kept, **kwargs)
        self.kept = kept
        for name in AMENDABLE:
            self.fields[name] = deepcopy(NeedForm.base_fields[name])
        self.fields["reason"].required = asked

    def data_changed(self) -> dict[str, Any]:
        """Return the columns that differ from what is asked now."""
        typed = {name: _lines(self.cleaned_data[name]) for name in AMENDABLE}
        return {name: value for name, value in typed.items() if value != self.kept[name]}


class AnswerForm(ServiceForm):
    """The answer, and whether it changes what is asked."""

    text = _prose("答复", 1000, help_text="发布后所有人可见，不显示提问人")
    changes_requirement = forms.BooleanField(
        label="答复改变了榜题要求，同时发布变更公告", required=False
    )


class AskForm(ServiceForm):
    """A question."""

    text = _prose("问题", 500, rows=3, help_text="不显示提问人，答复后所有人可见")


class ClarifyForm(ServiceForm):
    """Something to tell everybody."""

    text = _prose("澄清内容", 1000, help_text="不改变要求的说明；改变要求的请发布变更公告")


class ContactForm(ServiceForm):
    """A meeting and what came of it."""

    unit = forms.ModelChoiceField(
        label="对接单位", queryset=Organization.objects.none(), empty_label="请选择单位"
    )
    held_on = forms.DateField(label="对接日期")
    way = forms.ChoiceField(label="方式", choices=ContactWay.choices)
    parties = forms.CharField(label="参加人员", max_length=200)
    outcome = _prose("对接结果", 500)
    next_step = forms.CharField(label="下一步", max_length=200, required=False)

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = units.in_public().exclude(pk=challenge.need.owner_id or 0)
        self.fields["unit"].queryset = others  # type: ignore[attr-defined]


def _lines(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
