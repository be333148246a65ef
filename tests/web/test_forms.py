"""Forms: drawn alike whoever wrote them, and a refusal's sentences at the fields."""

import pytest
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms import formset_factory
from django.http import QueryDict

from jiebang.common.errors import Invalid
from jiebang.web.filters import chips
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors


class NeedForm(ServiceForm):
    """A little of each kind of field."""

    units = {"term_months": "个月"}

    title = forms.CharField(label="名称", help_text="一句话")
    field = forms.ChoiceField(label="领域", choices=[("", "请选择"), ("m", "新材料")])
    budget = MoneyField(label="投入", required=False)
    term_months = forms.IntegerField(label="期限", required=False)
    due = forms.DateField(label="完成日期", required=False)
    ways = forms.MultipleChoiceField(
        label="方式", choices=[("a", "委托")], required=False, widget=forms.CheckboxSelectMultiple
    )


class RowForm(forms.Form):
    """A row."""

    name = forms.CharField()


def need(**typed):
    return NeedForm({"title": "电池", "field": "m", **typed})


def test_what_was_typed_becomes_a_services_arguments():
    form = need(budget="1234.5", term_months="24", due="2026-12-01", ways=["a"])

    assert form.is_valid()
    assert {name: str(value) for name, value in form.cleaned_data.items()} == {
        "title": "电池",
        "field": "m",
        "budget": "1234.5",
        "term_months": "24",
        "due": "2026-12-01",
        "ways": "['a']",
    }


def test_a_field_left_out_is_named_in_the_sentence_at_the_field():
    form = NeedForm({})

    assert form.errors == {"title": ["请填写名称"], "field": ["请选择领域"]}


def test_a_refusals_sentences_stand_at_their_fields_and_the_rest_above_the_form():
    form, rows = (
        need(),
        formset_factory(RowForm, extra=0)(
            {"r-TOTAL_FORMS": "2", "r-INITIAL_FORMS": "0", "r-0-name": "甲", "r-1-name": "乙"},
            prefix="r",
        ),
    )
    assert form.is_valid()
    assert rows.is_valid()

    apply_errors(
        form,
        Invalid(
            "还不能提交",
            fields={"title": ["太短", "太笼统"], "r-1-name": ["重复"], "rows": ["至少 3 行"]},
        ),
        rows,
    )

    assert form.errors == {"__all__": ["还不能提交", "至少 3 行"], "title": ["太短", "太笼统"]}
    assert rows.errors == [{}, {"name": ["重复"]}]


def test_a_sentence_is_not_said_twice_above_the_form():
    form = need()

    apply_errors(form, Invalid("至少 3 行", fields={"rows": ["至少 3 行"]}))

    assert form.errors == {"__all__": ["至少 3 行"]}


def test_an_error_is_tied_to_its_input_and_keeps_what_was_typed():
    form = need(budget="许多")
    form.is_valid()

    drawn = str(form["budget"].as_field_group())

    assert 'value="许多"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_budget_error"' in drawn
    assert 'id="id_budget_error"' in drawn


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("title", '<label class="form-label required" for="id_title">名称</label>'),
        ("title", 'class="form-control"'),
        ("title", '<div class="form-hint" id="id_title_helptext">一句话</div>'),
        ("field", 'class="form-select"'),
        ("budget", '<span class="input-group-text">万元</span>'),
        ("term_months", '<span class="input-group-text">个月</span>'),
        ("due", 'type="date"'),
        ("ways", '<legend class="form-label">方式</legend>'),
        ("ways", 'class="form-check-input"'),
    ],
)
def test_a_field_is_drawn_with_its_label_unit_and_look(name, piece):
    assert piece in str(NeedForm()[name].as_field_group())


def test_forms_that_others_wrote_look_the_same():
    assert 'class="form-control"' in str(AuthenticationForm()["username"])


class FilterForm(forms.Form):
    """The filters of a list."""

    q = forms.CharField(label="搜索", required=False)
    field = forms.MultipleChoiceField(
        label="领域", required=False, choices=[("材料", [("1", "电池"), ("2", "塑料")])]
    )
    late = forms.BooleanField(label="仅看逾期", required=False)


def test_filters_in_force_are_named_each_with_the_address_without_it():
    form = FilterForm(QueryDict("q=a&field=1&field=2&late=on&page=4"))

    assert chips(form) == [
        {"label": "搜索", "value": "a", "query": "?field=1&field=2&late=on"},
        {"label": "领域", "value": "电池", "query": "?q=a&field=2&late=on"},
        {"label": "领域", "value": "塑料", "query": "?q=a&field=1&late=on"},
        {"label": "仅看逾期", "value": "", "query": "?q=a&field=1&field=2"},
    ]


def test_without_filters_there_is_nothing_to_take_off():
    assert chips(FilterForm()) == []
    assert chips(FilterForm(QueryDict("q="))) == []
