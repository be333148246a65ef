"""Charts as plain data: an ECharts option, and the same numbers as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jiebang.stats.queries import Group, Month, Step
from jiebang.stats.stages import Stage
from jiebang.web.templatetags.jiebang import percent

# From the palest to the strongest: each part lies inside the one before.
NESTED = {
    Stage.COLLECTED: "#d5e1f3",
    Stage.LIBRARY: "#a9c3ea",
    Stage.POSTED: "#5b8bd9",
    Stage.AWARDED: "#12418f",
}
ROW_HEIGHT = 12  # how many bars a chart has room for


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart as `_partials/chart.html` draws it."""

    chart_id: str
    title: str
    unit: str
    option: dict[str, Any]
    columns: list[str]
    rows: list[list[Any]]
    tall: bool = field(default=False)


def nested_bars(
    chart_id: str, title: str, groups: Sequence[Group], url: Callable[[Group, Stage], str] | None
) -> Chart:
    """Return one bar for each group, in it how far its needs came; the table has every group."""
    shown = list(reversed(groups[:ROW_HEIGHT]))  # ECharts counts from below
    series = [
        {
            "name": stage.label,
            "type": "bar",
            "barGap": "-100%",
            "barWidth": 14,
            "itemStyle": {"color": colour, "borderRadius": 2},
            "data": [
                {"value": group.counts[stage], "url": url(group, stage) if url else ""}
                for group in shown
            ],
        }
        for stage, colour in NESTED.items()
    ]
    option = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"top": 4, "left": 0, "itemWidth": 14, "itemHeight": 10},
        "grid": {"left": 4, "right": 20, "top": 40, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [group.label for group in shown]},
        "series": series,
    }
    return Chart(
        chart_id,
        title,
        "项",
        option,
        ["", *(stage.label for stage in Stage)],
        [[group.label, *(group.counts[stage] for stage in Stage)] for group in groups],
        tall=len(shown) > 6,
    )


def months(chart_id: str, title: str, series: Sequence[Month]) -> Chart:
    """Return what happened month by month, a line for each stage that has a date."""
    dated = list(series[0].counts) if series else []
    names = [f"{month.first.year}年{month.first.month}月" for month in series]
    ticks = [
        f"{month.first.month}月\n{month.first.year}年"
        if n == 0 or month.first.month == 1
        else f"{month.first.month}月"
        for n, month in enumerate(series)
    ]
    option = {
        "tooltip": {"trigger": "axis"},
        "legend": {
            "top": 4,
            "left": 0,
            "itemWidth": 18,
            "selected": {stage.label: stage in NESTED for stage in dated},
        },
        "grid": {"left": 4, "right": 20, "top": 40, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": ticks, "axisLabel": {"lineHeight": 17}},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": stage.label,
                "type": "line",
                "symbolSize": 6,
                "data": [month.counts[stage] for month in series],
            }
            for stage in dated
        ],
    }
    return Chart(
        chart_id,
        title,
        "项",
        option,
        ["月份", *(stage.label for stage in dated)],
        [
            [name, *(month.counts[stage] for stage in dated)]
            for name, month in zip(names, series, strict=True)
        ],
    )


def funnel(chart_id: str, title: str, steps: Sequence[Step]) -> Chart:
    """Return the funnel as bars that shorten, for readers who have no lists behind them."""
    shown = list(reversed(steps))
    option = {
        "grid": {"left": 4, "right": 56, "top": 8, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "data": [step.stage.label for step in shown]},
        "series": [
            {
                "type": "bar",
                "barWidth": "62%",
                "itemStyle": {"borderRadius": 3},
                "label": {"show": True, "position": "right", "formatter": "{c} 项"},
                "data": [step.count for step in shown],
            }
        ],
    }
    first = steps[0].count
    before = [first, *(step.count for step in steps)]
    rows = [
        [step.stage.label, step.count, percent(step.count, whole), percent(step.count, first)]
        for step, whole in zip(steps, before, strict=False)
    ]
    return Chart(chart_id, title, "项", option, ["步骤", "需求数", "占上一步", "占征集总数"], rows)
