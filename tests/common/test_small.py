"""Money, folding, decisions and the clock."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.common.errors import Invalid, NotAllowed
from jiebang.common.money import in_wan, in_words
from jiebang.common.text import fold


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "面议"),
        (Decimal(0), "0.00 万元"),
        (Decimal("1234.5"), "1,234.50 万元"),
        (Decimal("1E+3"), "1,000.00 万元"),
        (Decimal("0.000001"), "0.000001 万元"),
        (Decimal("99999999.99"), "99,999,999.99 万元"),
    ],
)
def test_money_is_written_in_wan_with_at_least_two_decimals(amount, shown):
    assert in_wan(amount) == shown


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal(120), "壹佰贰拾万元整"),
        (Decimal("0.0105"), "壹佰零伍元整"),
        (Decimal("600.00001"), "陆佰万元壹角"),
        (Decimal("30.5"), "叁拾万伍仟元整"),
    ],
)
def test_money_in_words_is_what_a_contract_says(amount, words):
    assert in_words(amount) == words


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_the_shown_amount_reads_back_to_the_same_amount(amount):
    assert Decimal(in_wan(amount).removesuffix(" 万元").replace(",", "")) == amount


@pytest.mark.parametrize("typed", ["ＳｉＣ", "sic", "SIC"])
def test_full_width_and_case_fold_to_the_same(typed):
    assert fold(typed) == "sic"


def test_traditional_folds_to_simplified():
    assert fold("碳化矽與電動汽車") == "碳化矽与电动汽车"


def test_a_refusal_is_false_has_a_reason_and_raises():
    refusal = Decision("由科技局办理", code="role_required")

    assert not refusal
    assert ALLOWED
    ALLOWED.enforce()
    with pytest.raises(NotAllowed, match="由科技局办理") as caught:
        refusal.enforce()
    assert caught.value.code == "role_required"


def test_an_error_keeps_its_fields_as_lists():
    error = Invalid("请修改", fields={"title": ("太长",)})
    assert (error.code, error.fields) == ("invalid", {"title": ["太长"]})


def test_a_story_is_told_about_another_time_and_then_the_present_returns():
    past = datetime(2026, 1, 2, 3, 4, tzinfo=ZoneInfo("Asia/Shanghai"))
    with clock.telling(past):
        assert (clock.now(), clock.today()) == (past, past.date())
    assert abs(clock.now() - timezone.now()) < timedelta(minutes=1)
