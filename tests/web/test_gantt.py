"""The bars of a contract's milestones: planned, worked, late, under today's line."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jiebang.common import clock
from jiebang.contracts.models import Contract, MilestoneReport
from jiebang.web import gantt
from jiebang.web.gantt import Span
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)  # a contract of a hundred days, so that shares are days
NOON = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def after(days):
    return NOON + timedelta(days=days)


def contract(*dues, state="running", **fields):
    made = make_contract(state, milestones=len(dues))
    Contract.objects.update(starts_on=FIRST, ends_on=FIRST + timedelta(days=100), **fields)
    for stone, due in zip(made.milestones.all(), dues, strict=True):
        made.milestones.filter(pk=stone.pk).update(due_on=FIRST + timedelta(days=due))
    return Contract.objects.get(pk=made.pk)


def report(made, position, day, decision="", state="confirmed", **fields):
    stone = made.milestones.get(position=position)
    made.milestones.filter(pk=stone.pk).update(state=state, **fields)
    MilestoneReport.objects.create(
        milestone=stone,
        summary="按计划完成",
        reported_by=make_user(unit=made.solver),
        reported_at=after(day),
        decision=decision,
    )


def drawn(made, day):
    with clock.telling(after(day)):
        return gantt.chart(made, made.milestones.prefetch_related("reports"))


def test_a_contract_without_dates_or_milestones_has_no_chart():
    made = contract(40, 100)
    assert gantt.chart(made, []) is None
    made.ends_on = None
    assert gantt.chart(made, made.milestones.all()) is None


def test_what_is_done_in_time_ends_where_it_was_handed_in_and_the_next_goes_on_to_today():
    made = contract(40, 100)
    report(made, 1, 30, "confirm")
    chart = drawn(made, 60)
    done, current = chart.bars
    assert (done.planned, done.worked, done.over) == (
        Span("0.00%", "40.00%"),
        Span("0.00%", "30.00%"),
        None,
    )
    assert (done.state, done.finished_at, done.days_late) == ("done", "30.00%", 0)
    assert (current.state, current.planned, current.worked) == (
        "current",
        Span("40.00%", "60.00%"),
        Span("40.00%", "20.00%"),
    )
    assert (chart.today, current.over, current.finished) == ("60.00%", None, None)


def test_what_is_late_is_late_from_its_day_to_today_or_to_the_day_it_was_handed_in():
    made = contract(40, 100)
    late, later = drawn(made, 55).bars
    assert (late.state, late.worked, late.over) == (
        "late",
        Span("0.00%", "40.00%"),
        Span("40.00%", "15.00%"),
    )
    assert (later.state, later.words) == ("todo", "进行中")
    report(made, 1, 50, "confirm")
    done, _ = drawn(made, 60).bars
    assert (done.over, done.days_late, done.state) == (Span("40.00%", "10.00%"), 10, "done")


def test_the_report_that_was_confirmed_counts_and_not_the_one_before_it():
    made = contract(40, 100)
    report(made, 1, 20, "return")
    report(made, 1, 35, "confirm")
    assert drawn(made, 60).bars[0].finished == FIRST + timedelta(days=35)


def test_a_term_for_rectifying_lengthens_the_bar_and_a_report_stops_it():
    made = contract(40, 100)
    report(made, 1, 38, "rectify", "rectifying", rectify_by=FIRST + timedelta(days=70))
    bar = drawn(made, 60).bars[0]
    assert (bar.longer, bar.worked, bar.over, bar.state) == (
        Span("40.00%", "30.00%"),
        Span("0.00%", "60.00%"),
        None,
        "current",
    )
    report(made, 1, 65, "", "reported", rectify_by=None)
    bar = drawn(made, 90).bars[0]
    assert (bar.worked, bar.over, bar.words) == (
        Span("0.00%", "40.00%"),
        Span("40.00%", "25.00%"),
        "待确认",
    )
    assert (bar.state, bar.finished_at, bar.days_late) == ("current", "65.00%", 25)


def test_past_the_end_the_axis_grows_and_after_an_early_end_nothing_is_worked_on():
    made = contract(40, 100)
    chart = drawn(made, 200)
    assert (chart.today, chart.bars[0].over) == ("100.00%", Span("20.00%", "80.00%"))
    Contract.objects.update(state="terminated")
    ended = drawn(Contract.objects.get(), 200)
    assert (ended.today, [bar.worked for bar in ended.bars]) == ("", [None, None])
    assert [bar.words for bar in ended.bars] == ["未完成", "未完成"]


def test_the_axis_names_few_months_whatever_its_length():
    contract(40, 100)
    for days in (31, 100, 400, 1100):
        Contract.objects.update(ends_on=FIRST + timedelta(days=days))
        ticks = drawn(Contract.objects.get(), 10).ticks
        assert 1 <= len(ticks) <= gantt.TICKS + 1


def test_the_page_shows_a_bar_a_milestone_and_no_script(client):
    made = contract(40, 100)
    report(made, 1, 50, "confirm")
    client.force_login(make_user(unit=made.solver))
    with clock.telling(after(60)):
        page = client.get(f"/contracts/{made.pk}/").content.decode()
    chart = page[page.index('class="gantt"') : page.index("gantt-legend")]
    assert (chart.count("<svg"), chart.count("gantt-over"), chart.count("gantt-today")) == (2, 1, 2)
    assert "<em>晚 10 天</em>" in chart
    assert "<script" not in chart
