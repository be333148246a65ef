"""The need check-up: each gap has its sentence, at its field, and says what to do."""

from decimal import Decimal

import pytest

from jiebang.library.checkup import ERROR, WARNING, check
from tests.factories import indicator_row, need_content

WHOLE = {
    **need_content(),
    "tech_field": "新型显示",
    "background": "国外已有量产。",
    "current_basis": "有中试场地。",
    "deliverables": "样品十件。",
    "trl_target": 7,
    "contact_name": "赵经理",
}


def found(content=None, rows=None, rules=None):
    report = check({**WHOLE, **(content or {})}, [indicator_row()] if rows is None else rows, rules)
    return {(f.code, f.field, f.severity) for f in report.findings}


def test_a_whole_need_has_nothing_to_mend_and_scores_full():
    report = check(WHOLE, [indicator_row()])
    assert (report.findings, report.score) == ((), 100)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"title": ""}, ("title_missing", "title", ERROR)),
        ({"tech_field": None}, ("tech_field_missing", "tech_field", ERROR)),
        ({"main_problem": ""}, ("main_problem_missing", "main_problem", ERROR)),
        ({"main_problem": "做不出来"}, ("problem_short", "main_problem", ERROR)),
        ({"key_technology": ""}, ("key_technology_missing", "key_technology", ERROR)),
        ({"expected_goal": "达到国际领先水平"}, ("goal_vague", "expected_goal", WARNING)),
        ({"term_months": None}, ("term_months_missing", "term_months", ERROR)),
        ({"acceptance_method": ""}, ("acceptance_method_missing", "acceptance_method", ERROR)),
        ({"ip_ownership": ""}, ("ip_missing", "ip_ownership", ERROR)),
        ({"ip_terms": ""}, ("ip_missing", "ip_terms", ERROR)),
        ({"total_budget": None}, ("budget_open", "total_budget", WARNING)),
        ({"bounty": Decimal(1201)}, ("bounty_over_budget", "bounty", ERROR)),
        ({"background": ""}, ("background_missing", "background", WARNING)),
        ({"keywords": ""}, ("keywords_missing", "keywords", WARNING)),
        ({"trl_target": None}, ("trl_target_missing", "trl_target", WARNING)),
    ],
)
def test_each_gap_is_found_and_only_it(change, finding):
    assert found(change) == {finding}


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({"name": " "}, ("indicator_unnamed", "indicators-0-name", ERROR)),
        ({"value": None}, ("indicator_without_value", "indicators-0-value", ERROR)),
        ({"unit": ""}, ("indicator_without_unit", "indicators-0-unit", ERROR)),
        ({"test_method": ""}, ("indicator_without_method", "indicators-0-test_method", ERROR)),
        ({"baseline": ""}, ("indicator_without_baseline", "indicators-0-baseline", WARNING)),
        (
            {"comparator": "text", "text": "", "value": None},
            ("indicator_empty", "indicators-0-text", ERROR),
        ),
        (
            {"comparator": "text", "text": "外观无划痕", "value": None},
            ("indicator_not_measurable", "indicators-0-text", WARNING),
        ),
        (
            {"comparator": "range", "value_high": None},
            ("indicator_range_open", "indicators-0-value_high", ERROR),
        ),
        (
            {"comparator": "range", "value_high": Decimal(300)},
            ("indicator_range_backward", "indicators-0-value_high", ERROR),
        ),
    ],
)
def test_each_fault_of_an_indicator_row_is_found_and_only_it(row, finding):
    assert found(rows=[indicator_row(**row)]) == {finding}


def test_a_zero_is_a_value_and_not_a_gap():
    assert found(rows=[indicator_row(value=Decimal(0))]) == set()


@pytest.mark.parametrize(
    ("rules", "finding"),
    [
        ({"min_indicators": Decimal(2)}, ("indicators_missing", "indicators", ERROR)),
        ({"min_core_indicators": Decimal(2)}, ("core_indicators_missing", "indicators", ERROR)),
        ({"min_budget": Decimal(1201)}, ("budget_too_small", "total_budget", ERROR)),
        ({"max_grant": Decimal(99)}, ("grant_over_cap", "grant", ERROR)),
        ({"max_grant_share": Decimal(8)}, ("grant_over_share", "grant", ERROR)),
        ({"max_term_months": Decimal(23)}, ("term_too_long", "term_months", ERROR)),
    ],
)
def test_the_rules_of_the_call_are_kept_to_the_number(rules, finding):
    (code,) = rules
    just_enough = {code: rules[code] + (-1 if code.startswith("min") else 1)}

    assert found({"grant": Decimal(100)}, rules=rules) == {finding}
    assert found({"grant": Decimal(100)}, rules=just_enough) == set()


def test_a_call_may_do_without_a_clause_on_intellectual_property():
    rules = {"require_ip_terms": Decimal(0)}
    assert found({"ip_terms": ""}, rules=rules) == {("ip_missing", "ip_terms", WARNING)}


def test_errors_come_first_and_lower_the_score_more():
    report = check({**WHOLE, "title": "", "keywords": ""}, [])
    assert [f.severity for f in report.findings] == [ERROR, ERROR, WARNING]
    assert report.score == 100 - 10 - 10 - 4
    assert set(report.sentences()) == {"title", "indicators"}


def test_an_empty_form_is_answered_too():
    assert check({}, []).score == 0
