"""Words, numbers, badges and addresses in templates."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory

from jiebang.common import clock
from jiebang.contracts.models import Milestone
from jiebang.jobs.models import Job
from jiebang.web import icons
from jiebang.web.templatetags.jiebang import mark
from jiebang.web.tones import TONES

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 17:30 in the city


def at(day, hour=9, minute=30):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def draw(source, **context):
    template = Template("{% load jiebang %}" + source)
    with clock.telling(NOW):
        return template.render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "filters", "shown"),
    [
        (Decimal("1234.5"), "wan", "1,234.50 万元"),
        (None, "wan", "面议"),
        (120, "wan_words", "壹佰贰拾万元整"),
        (None, "wan_words", ""),
        (date(2026, 11, 3), "day", "2026年11月3日"),
        (at(23, 16), "day", "2026年11月24日"),
        (None, "day", "—"),
        (at(23), "moment", "2026年11月23日 17:30"),
        (None, "moment", "—"),
        (at(26), "until", "还有 3 天"),
        (at(21), "until", "已逾期 2 天"),
        (at(21), 'until:"截止"', "已截止 2 天"),
        (at(23, 10), "until", "今天 18:30 截止"),
        (at(23, 9, 0), "until", "今天 17:00 已截止"),
        (date(2026, 11, 23), "until", "今天到期"),
        (date(2026, 11, 24), "until", "还有 1 天"),
        (date(2026, 11, 22), "until", "已逾期 1 天"),
        (None, "until", ""),
        (at(23), "is_over", "True"),
        (date(2026, 11, 23), "is_over", "False"),
        (at(23, 9, 30), "ago", "刚刚"),
        (at(23, 9, 25), "ago", "5 分钟前"),
        (at(23, 6, 0), "ago", "3 小时前"),
        (at(22, 6, 5), "ago", "昨天 14:05"),
        (at(20), "ago", "3 天前"),
        (datetime(2026, 9, 1, tzinfo=UTC), "ago", "2026年9月1日"),
        (12345, "number", "12,345"),
        (None, "number", "—"),
        (49, "score_tone", "red"),
        (50, "score_tone", "amber"),
        (80, "score_tone", "green"),
    ],
)
def test_values_are_written_as_people_write_them(value, filters, shown):
    assert draw("{{ value|" + filters + " }}", value=value) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (5, 7, "71.4%（5/7 项）"),
        (0, 7, "0.0%（0/7 项）"),
        (0, 0, "—（0/0 项）"),
        (Decimal("1.5"), 3, "50.0%（1.5/3 项）"),
    ],
)
def test_a_percentage_never_stands_without_its_base(part, whole, shown):
    assert draw('{% percent part whole "项" %}', part=part, whole=whole) == shown


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(1, 3, "33.33%"), (5, 3, "100.00%"), (-1, 3, "0.00%"), (None, 3, "0%"), (1, None, "0%")],
)
def test_a_share_is_a_width_that_stays_in_its_bar(part, whole, width):
    assert draw("{{ part|share:whole }}", part=part, whole=whole) == width


def test_a_day_has_its_place_between_two_others():
    days = {"a": date(2026, 1, 1), "b": date(2026, 1, 11), "d": date(2026, 1, 4)}

    assert draw("{% place d a b %} {% place b a d %} {% place a d b %}", **days) == (
        "30.00% 100.00% 0.00%"
    )


def test_every_state_of_every_thing_has_a_tone_and_no_tone_is_left_over():
    fields = [
        (model._meta.model_name, field)
        for model in apps.get_models()
        if model.__module__.startswith("jiebang.")
        for field in model._meta.fields
        if field.name == "state" or (model._meta.model_name, field.name) == ("trackitem", "kind")
    ]
    states = {value for _, field in fields for value, _ in field.choices}
    special = {name for name in TONES if "." in name}

    assert set(TONES) - special == states
    assert special <= {f"{kind}.{value}" for kind, f in fields for value, _ in f.choices}


def test_a_badge_carries_the_label_in_the_tone_of_its_own_kind_of_thing():
    assert draw("{% state_badge job %}", job=Job(state="failed")) == (
        '<span class="badge tone-red">失败</span>'
    )
    assert draw("{% state_badge thing %}", thing=Milestone(state="pending")) == (
        '<span class="badge tone-blue">进行中</span>'
    )


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("锂电池", [], "锂电池"),
        ("硅碳负极", [(0, 2, 0)], '<mark class="term-0">硅碳</mark>负极'),
        ("a<b>c", [(1, 4, 1)], 'a<mark class="term-1">&lt;b&gt;</mark>c'),
        ("<i>", [], "&lt;i&gt;"),
        (
            "甲乙丙",
            [(2, 3, 1), (0, 1, 0)],
            '<mark class="term-0">甲</mark>乙<mark class="term-1">丙</mark>',
        ),
        ("甲乙丙", [(0, 2, 0), (1, 3, 1)], '<mark class="term-0">甲乙</mark>丙'),
        ("甲乙丙", [(0, 1, 0), (0, 3, 1)], '<mark class="term-1">甲乙丙</mark>'),
        ("甲乙", [(1, 9, 0), (-1, 1, 0), (1, 1, 0)], "甲乙"),
        ("甲", [(0, 1, 7)], '<mark class="term-1">甲</mark>'),
        (None, [(0, 1, 0)], ""),
    ],
)
def test_marked_spans_stand_in_escaped_text(text, spans, shown):
    assert mark(text, spans) == shown


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ("page=3", "?q=%E7%94%B5%E6%B1%A0&amp;field=1&amp;field=2&amp;page=3"),
        ('sort="-due"', "?q=%E7%94%B5%E6%B1%A0&amp;field=1&amp;field=2&amp;sort=-due"),
        ("field=None", "?q=%E7%94%B5%E6%B1%A0"),
        ('q="" field=None', "?"),
    ],
)
def test_an_address_keeps_the_query_and_starts_from_the_first_page(changes, address):
    request = RequestFactory().get("/board/?q=电池&field=1&field=2&page=9")

    assert draw("{% query_with " + changes + " %}", request=request) == address


def test_pages_keep_every_filter_and_are_fetched_only_into_a_target():
    page = Paginator(range(100), 10).get_page(1)
    context = {"page_obj": page, "request": RequestFactory().get("/board/?q=1&page=1")}

    plain = get_template("_partials/pagination.html").render(context)
    fetched = get_template("_partials/pagination.html").render({**context, "target": "#results"})

    assert 'href="?q=1&amp;page=2"' in plain
    assert "hx-get" not in plain
    assert 'hx-get="?q=1&amp;page=2"' in fetched


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in icons.svg("check")
    assert 'role="img" aria-label="&lt;好&gt;"' in icons.svg("check", "<好>")
    with pytest.raises(KeyError):
        icons.svg("unicorn")


def test_a_chart_keeps_its_data_out_of_reach_of_markup():
    context = {"chart_id": "c", "title": "图", "option": {"name": "</script><b>"}, "rows": []}

    page = get_template("_partials/chart.html").render(context)

    assert "</script><b>" not in page
    assert '<script id="c-option" type="application/json">' in page


def test_a_running_job_asks_again_and_a_finished_one_does_not():
    def drawn(**fields):
        job = Job(title="导入", total_count=10, **fields)
        return get_template("_partials/job_progress.html").render({"job": job, "poll_url": "/j/"})

    assert 'hx-get="/j/"' in drawn(state="running", done_count=4)
    assert "hx-get" not in drawn(state="done", done_count=10)
    assert "没有完成：磁盘已满" in drawn(state="failed", message="磁盘已满")


def test_querydict_of_a_list_is_kept_whole():
    request = RequestFactory().get("/")
    request.GET = QueryDict("field=1&field=2")

    assert draw("{% query_with page=2 %}", request=request) == "?field=1&amp;field=2&amp;page=2"
