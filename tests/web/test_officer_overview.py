"""The overview: every figure leads to the list that it counts."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jiebang.challenges.states import State as ChallengeState
from jiebang.contracts.states import MilestoneState
from jiebang.library.states import State
from jiebang.organizations.states import State as UnitState
from tests.factories import (
    make_award,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_unit,
)

pytestmark = pytest.mark.django_db


def page(client, user, name, **query):
    """What this person reads there."""
    client.force_login(user)
    response = client.get(reverse(f"web:{name}"), query)
    assert response.status_code == 200
    return response.content.decode()


def make_reported_contract():
    contract = make_contract("running")
    contract.milestones.filter(position=1).update(state=MilestoneState.REPORTED)
    return contract


def test_the_ages_lead_to_the_lists_they_count(client):
    now, officer = timezone.now(), make_officer()
    make_challenge(opens_at=now - timedelta(days=40), title="榜上四十天")
    make_challenge(opens_at=now - timedelta(days=2), title="榜上两天")
    make_need(State.IN_LIBRARY, created_at=now - timedelta(days=200), title="库里二百天")

    overview = page(client, officer, "officer-dashboard")
    strip = re.findall(r'<a class="heat-\d" href="([^"]+)"><b>(\d+)</b>', overview)

    counted = {href.replace("&amp;", "&"): int(count) for href, count in strip if count != "0"}
    shown = {
        href: re.findall(
            r"(榜上四十天|榜上两天|库里二百天)<small>", client.get(href).content.decode()
        )
        for href in counted
    }
    assert sorted(shown.values()) == [["库里二百天"], ["榜上两天"], ["榜上四十天"]]
    assert {href: len(titles) for href, titles in shown.items()} == counted


def test_each_step_of_the_funnel_leads_to_as_many_needs_as_it_counts(client):
    make_need(State.SUBMITTED)
    make_need(State.IN_LIBRARY)
    make_challenge()
    make_award()

    overview = page(client, make_officer(), "officer-dashboard")
    steps = re.findall(
        r'<a href="([^"]+reached=\w+)">\s*<span class="funnel-label">.*?<b>(\d+)</b>',
        overview,
        re.DOTALL,
    )

    listed = {
        href: int(re.search(r"共 (\d+) 条", client.get(href).content.decode())[1])
        for href, count in steps
        if count != "0"
    }
    assert listed == {href: int(count) for href, count in steps if count != "0"}
    assert [count for _, count in steps] == ["4", "3", "2", "1", "1", "0", "0"]


def test_the_queues_lead_to_their_lists(client):
    make_unit(state=UnitState.PENDING)
    make_need(State.ENDORSED)
    make_challenge(ChallengeState.CLOSED)
    make_contract("signing")
    make_reported_contract()

    overview = page(client, make_officer(), "officer-dashboard")
    table = overview[overview.index("各环节等待数量") : overview.index("无人认领的需求等了多久")]
    queues = re.findall(r'<a href="([^"]+)">([^<]+)</a></th>\s*<td class="money">(\d+)', table)

    assert {label: int(count) for _, label, count in queues} == {
        "待核验单位": 1,
        "待形式审查": 1,
        "待定榜": 1,
        "合同待签署": 1,
        "里程碑待确认": 1,
    }
    for href, _, count in queues:
        listed = client.get(href.replace("&amp;", "&")).content.decode()
        assert f"共 {count} 条" in listed


def test_late_milestones_are_named_with_how_late_they_are(client):
    contract = make_reported_contract()
    due = timezone.localdate() - timedelta(days=12)
    contract.milestones.filter(position=2).update(due_on=due, title="寿命试验")

    text = page(client, make_officer(), "officer-dashboard")

    assert "寿命试验" in text
    assert "已逾期 12 天" in text
    late = page(client, make_officer(), "contracts", milestone="late")
    assert "共 1 条" in late
