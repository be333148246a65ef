"""Writing and submitting a need: what is kept, what is refused, what a version shows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.audit.models import Entry
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken, Stale, WrongState
from jiebang.library import screening, services, snapshots
from jiebang.library.models import TechNeed
from jiebang.library.states import State
from tests.factories import (
    indicator_row,
    make_call,
    make_endorser,
    make_field,
    make_need,
    make_unit,
    make_university,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_unit()


@pytest.fixture
def manager(firm):
    return make_user(unit=firm)


def draft(firm, manager, rows=None, **fields):
    content = {"tech_field": make_field(), "call": make_call(), **need_content(**fields)}
    return services.create_need(
        owner=firm, actor=manager, data=content, indicators=rows or [indicator_row()]
    )


def test_a_half_filled_draft_is_kept(firm, manager):
    need = services.create_need(owner=firm, actor=manager, data={"title": "先写个名字"})
    assert (need.state, need.title, need.indicators.count()) == (State.DRAFT, "先写个名字", 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"total_budget": Decimal(-1)}, "total_budget"),
        ({"trl_now": 10}, "trl_now"),
        ({"secrecy": "top"}, "secrecy"),
        ({"valid_until": timezone.localdate() - timedelta(days=1)}, "valid_until"),
    ],
)
def test_a_faulty_draft_says_where_and_is_not_kept(firm, manager, change, field):
    with pytest.raises(Invalid) as caught:
        draft(firm, manager, **change)
    assert list(caught.value.fields) == [field]
    assert not TechNeed.objects.exists()


def test_faulty_indicator_rows_are_named_by_row_and_nothing_is_kept(firm, manager):
    rows = [
        indicator_row(),
        indicator_row(name="长" * 61),
        indicator_row(comparator="range", value=Decimal(5), value_high=Decimal(3)),
    ]
    with pytest.raises(Invalid) as caught:
        draft(firm, manager, rows)
    assert list(caught.value.fields) == ["indicators-1-name", "indicators-2-value_high"]
    assert not TechNeed.objects.exists()


def test_a_column_that_is_not_the_owners_cannot_be_written(firm, manager):
    need = draft(firm, manager)
    for name in ("state", "version", "owner", "source_key"):
        with pytest.raises(Invalid) as caught:
            services.save_need(need=need, actor=manager, data={name: "x"})
        assert caught.value.code == "unknown_fields"
    assert TechNeed.objects.get().state == State.DRAFT


def test_who_saves_over_a_newer_text_is_told_and_nothing_is_lost(firm, manager):
    need = draft(firm, manager)
    seen = need.revision
    services.save_need(need=need, actor=manager, data={"title": "同事的新名字"}, revision=seen)

    with pytest.raises(Stale):
        services.save_need(
            need=need, actor=manager, data={"title": "我的名字"}, indicators=[], revision=seen
        )

    row = TechNeed.objects.get()
    assert (row.title, row.indicators.count(), row.revision) == ("同事的新名字", 1, seen + 1)


@pytest.mark.parametrize("state", sorted(set(State) - {State.DRAFT, State.RETURNED}))
def test_a_need_is_locked_once_it_is_handed_in(state):
    need = make_need(state)
    with pytest.raises(WrongState):
        services.save_need(need=need, actor=make_user(unit=need.owner), data={"title": "改"})
    assert TechNeed.objects.get().title == need.title


def test_strangers_and_viewers_do_not_write(firm):
    need = make_need(owner=firm)
    for actor in (make_user(unit=make_unit()), make_user(unit=firm, member_role="viewer")):
        with pytest.raises(NotAllowed):
            services.save_need(need=need, actor=actor, data={"title": "改"})
        with pytest.raises(NotAllowed):
            services.create_need(owner=firm, actor=actor, data={"title": "新"})
    assert [n.title for n in TechNeed.objects.all()] == [need.title]


def test_submitting_an_incomplete_need_names_every_gap_and_changes_nothing(firm, manager):
    need = draft(firm, manager, [indicator_row(unit="", test_method="")], ip_terms="")

    with pytest.raises(Invalid) as caught:
        services.submit(need=need, actor=manager)

    assert caught.value.code == "need_incomplete"
    assert set(caught.value.fields) == {
        "ip_terms", "indicators-0-unit", "indicators-0-test_method",
    }  # fmt: skip
    row = TechNeed.objects.get()
    assert (row.state, row.version, row.versions.count()) == (State.DRAFT, 0, 0)


@pytest.mark.parametrize(("days", "code"), [(31, "window_closed"), (-31, "window_closed")])
def test_a_need_is_taken_in_the_calls_window_only(firm, manager, days, code):
    need = draft(firm, manager)
    with clock.telling(timezone.now() + timedelta(days=days)), pytest.raises(RuleBroken) as caught:
        services.submit(need=need, actor=manager)
    assert (caught.value.code, TechNeed.objects.get().state) == (code, State.DRAFT)


def test_a_unit_from_outside_the_city_cannot_post_a_need():
    outsider = make_university()
    need = make_need(owner=outsider)
    with pytest.raises(RuleBroken) as caught:
        services.submit(need=need, actor=make_user(unit=outsider))
    assert (caught.value.code, TechNeed.objects.get().state) == ("owner_outside", State.DRAFT)


def test_versions_keep_every_word_and_show_the_difference(firm, manager):
    need = draft(firm, manager)
    first = services.submit(need=need, actor=manager)
    screening.move(
        need=need, action="return", actor=make_endorser(firm.district), note="请补充目标"
    )
    services.save_need(
        need=need,
        actor=manager,
        data={"expected_goal": "建成中试线，电芯能量密度不低于 400 Wh/kg。"},
        indicators=[indicator_row(value=Decimal(400)), indicator_row(name="循环寿命", unit="次")],
    )
    second = services.submit(need=need, actor=manager)

    changes = snapshots.differences(first.content, second.content)

    assert (first.number, second.number, need.version) == (1, 2, 2)
    assert [c.label for c in changes] == ["预期目标", "第 1 项技术指标", "第 2 项技术指标"]
    assert changes[0].segments == [
        ("=", "建成中试线，电芯能量密度不低于 "), ("-", "350"), ("+", "400"), ("=", " Wh/kg。"),
    ]  # fmt: skip
    assert first.content["total_budget"] == "1200"
    assert first.content["indicators"][0]["target"] == "≥ 350 Wh/kg"


def test_a_gathered_need_is_taken_in_once():
    data = {
        "title": "公开榜单上的需求",
        "source_key": "needs:N1",
        "source_unit": "外地某单位",
        "source_url": "https://example.cn/1",
    }
    services.gather(actor=None, data=data, indicators=[])
    entries = Entry.objects.count()
    with pytest.raises(Invalid.__base__) as caught:
        services.gather(actor=None, data=data, indicators=[])
    assert caught.value.code == "gathered_before"
    assert (TechNeed.objects.count(), Entry.objects.count()) == (1, entries)
    assert TechNeed.objects.get().state == State.ENDORSED


@pytest.mark.parametrize(
    ("before", "after", "segments"),
    [
        ("650", "670", [("-", "650"), ("+", "670")]),
        ("不低于3.5 MPa", "不低于3.8 GPa", [
            ("=", "不低于"), ("-", "3.5"), ("+", "3.8"), ("=", " "), ("-", "MPa"), ("+", "GPa"),
        ]),
        ("", "新增", [("+", "新增")]),
    ],
)  # fmt: skip
def test_numbers_and_units_are_compared_whole(before, after, segments):
    assert snapshots.Change("f", "名", before, after).segments == segments
