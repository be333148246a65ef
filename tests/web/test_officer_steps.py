"""What the bureau and the towns do from their pages: what is taken, what is refused and how."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.audit.queries import history
from jiebang.challenges.models import Challenge
from jiebang.library import services as library
from jiebang.library.models import Appraisal
from jiebang.library.states import State
from jiebang.organizations.states import State as UnitState
from jiebang.web.views.officer_needs import need_panel
from tests.factories import (
    make_approver,
    make_call,
    make_district,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_unit,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db


def local(moment):
    """A moment as the browser's calendar sends it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def gathered_need():
    return library.gather(
        actor=None,
        data={**need_content(), "source_key": "s-1", "source_unit": "某市某厂"},
        indicators=[],
    )


def test_a_unit_is_verified_returned_with_a_reason_and_suspended(client):
    unit = make_unit(state=UnitState.PENDING)
    client.force_login(make_officer())
    address = reverse("web:officer-unit-move", args=[unit.pk])
    page = reverse("web:officer-unit", args=[unit.pk])
    states = []
    for action, note in (
        ("return", ""),
        ("verify", ""),
        ("suspend", ""),
        ("suspend", "营业执照已注销"),
        ("restore", ""),
    ):
        text = client.post(
            address, {"action": action, "note": note}, follow=True, headers={"referer": page}
        ).content.decode()
        unit.refresh_from_db()
        states.append((unit.state, "请写明理由" in text))

    assert states == [
        ("pending", True),
        ("verified", False),
        ("verified", True),
        ("suspended", False),
        ("verified", False),
    ]
    assert [entry.action for entry in history(unit)] == ["verify", "suspend", "restore"]


def test_a_member_of_the_unit_sees_no_button_and_is_told_to_stand_aside(client):
    unit = make_unit(state=UnitState.PENDING)
    client.force_login(make_user(PlatformRole.OFFICER, unit=unit))

    page = client.get(reverse("web:officer-unit", args=[unit.pk])).content.decode()
    answer = client.post(reverse("web:officer-unit-move", args=[unit.pk]), {"action": "verify"})

    unit.refresh_from_db()
    assert "核验通过" not in page
    assert (answer.status_code, unit.state) == (403, "pending")
    assert "应当回避" in answer.content.decode()


def test_titles_are_recognised_and_an_unknown_one_changes_nothing(client):
    unit = make_unit()
    client.force_login(make_officer())
    address = reverse("web:officer-qualifications", args=[unit.pk])

    client.post(address, {"qualifications": ["chain_leader", "high_tech"]})
    refused = client.post(address, {"qualifications": ["emperor"]})

    assert refused.status_code == 422
    assert {title.kind for title in unit.qualifications.all()} == {"chain_leader", "high_tech"}


def test_experts_are_asked_and_who_must_stand_aside_is_named_with_the_reason(client):
    need = make_need(State.APPRAISAL)
    fair, partial = make_expert(display_name="公正"), make_expert(unit=need.owner)
    asked = make_expert()
    Appraisal.objects.create(need=need, expert=asked, version=need.version)
    client.force_login(make_officer())
    address = reverse("web:officer-assign", args=[need.pk])

    page = client.get(address).content.decode()
    due = timezone.now() + timedelta(days=7)
    typed = {"due_at": local(due)}
    refused = client.post(address, {**typed, "experts": [fair.pk, partial.pk]})
    nobody = client.post(address, typed)
    taken = client.post(address, {**typed, "experts": [fair.pk]})

    assert f"{partial}是需求单位成员，应当回避" in page
    assert page.count("disabled") == 2
    assert refused.status_code == nobody.status_code == 422
    assert f"{partial}是需求单位成员，应当回避" in refused.content.decode()
    assert f'value="{fair.pk}" id="expert-{fair.pk}" checked' in refused.content.decode()
    assert "请选择论证专家" in nobody.content.decode()
    assert taken.status_code == 302
    made = Appraisal.objects.exclude(expert=asked).get()
    assert (made.expert, local(made.due_at)) == (fair, typed["due_at"])


def test_a_gathered_need_goes_into_a_call_once(client):
    need, call = gathered_need(), make_call()
    client.force_login(make_officer())
    address = reverse("web:officer-place", args=[need.pk])

    answers = [client.post(address, {"call": key}).status_code for key in ("", "x", call.pk)]
    again = client.post(address, {"call": make_call().pk})

    need.refresh_from_db()
    assert (answers, again.status_code, need.call) == ([422, 422, 302], 409, call)


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        (1, 20, "本批次揭榜期不少于 30 天"),
        (5, 2, "揭榜截止时间须晚于张榜时间"),
        (-3, 40, "张榜时间不能早于现在"),
        (None, 40, "请填写张榜时间"),
    ],
)
def test_times_that_break_the_call_s_rule_are_told_at_the_field_and_post_nothing(
    client, opens, closes, sentence
):
    need = make_need(State.IN_LIBRARY, call=make_call({"min_bidding_days": 30}))
    client.force_login(make_officer())
    address, now = reverse("web:officer-post", args=[need.pk]), timezone.now()
    typed = {
        "opens_at": "" if opens is None else local(now + timedelta(days=opens)),
        "closes_at": local(now + timedelta(days=closes)),
    }

    assert "不少于 <b>30</b> 天" in client.get(address).content.decode()
    response = client.post(address, typed)

    need.refresh_from_db()
    text = response.content.decode()
    assert (response.status_code, need.state) == (422, "in_library")
    assert sentence in text
    assert f'value="{typed["closes_at"]}"' in text
    assert not Challenge.objects.exists()


def test_now_is_still_now_after_the_minutes_a_form_takes(client):
    need = make_need(State.IN_LIBRARY, call=make_call())
    client.force_login(make_officer())
    begun = timezone.now() - timedelta(minutes=9)
    typed = {"opens_at": local(begun), "closes_at": local(begun + timedelta(days=60))}

    answer = client.post(reverse("web:officer-post", args=[need.pk]), typed)

    assert answer.status_code == 302
    assert Challenge.objects.get().state == "open"


def test_what_the_form_offers_can_be_posted_as_it_is(client):
    need = make_need(State.IN_LIBRARY, call=make_call({"min_bidding_days": 45}))
    client.force_login(make_officer())
    address = reverse("web:officer-post", args=[need.pk])
    offered = client.get(address).context["form"].initial

    answer = client.post(address, {name: local(moment) for name, moment in offered.items()})

    made = Challenge.objects.get()
    assert answer["Location"] == reverse("web:officer-award", args=[made.pk])
    assert (made.state, made.need) == ("scheduled", need)


def test_a_need_that_is_not_in_the_library_cannot_be_posted(client):
    client.force_login(make_officer())

    for state in (State.APPRAISAL, State.POSTED, State.DRAFT):
        address = reverse("web:officer-post", args=[make_need(state).pk])
        assert client.get(address).status_code == 404


def test_an_endorser_gives_an_opinion_on_the_needs_of_the_town_and_no_other(client):
    town, other = make_district(), make_district("T9", "别处镇")
    mine = make_need(State.SUBMITTED, owner=make_unit(district=town), title="本镇的需求")
    back = make_need(State.SUBMITTED, owner=make_unit(district=town), title="退回的需求")
    theirs = make_need(State.SUBMITTED, owner=make_unit(district=other), title="别处的需求")
    client.force_login(make_endorser(town))

    page = client.get(reverse("web:endorser-needs")).content.decode()
    steps = [(mine, "endorse", "同意推荐"), (back, "return", ""), (back, "return", "缺测试方法")]
    steps.append((theirs, "endorse", "同意"))
    answers = [
        client.post(
            reverse("web:endorser-decide", args=[need.pk]), {"action": action, "note": note}
        ).status_code
        for need, action, note in steps
    ]

    for need in (mine, back, theirs):
        need.refresh_from_db()
    assert answers == [302, 422, 302, 404]
    assert [need.state for need in (mine, back, theirs)] == ["endorsed", "returned", "submitted"]
    assert ("本镇的需求" in page, "别处的需求" in page) == (True, False)
    handled = client.get(reverse("web:endorser-needs"), {"tab": "handled"}).content.decode()
    assert ("本镇的需求" in handled, "退回的需求" in handled) == (True, True)


def test_the_panel_beside_a_need_holds_the_appraisals_against_the_pass_mark():
    need = make_need(State.APPRAISAL, call=make_call({"pass_mark": 75, "appraisals_required": 2}))
    criteria = list(need.call.criteria.all())
    for first, second in ((80, 70), (90, 80)):
        Appraisal.objects.create(
            need=need,
            expert=make_expert(),
            version=need.version,
            submitted_at=timezone.now(),
            scores={str(criteria[0].pk): str(first), str(criteria[1].pk): str(second)},
            total=(first + second) / 2,
        )
    Appraisal.objects.create(need=need, expert=make_expert(), version=need.version)

    panel = need_panel(make_officer(), need)

    assert (panel["answered"], panel["required"], panel["mean"]) == (2, 2, 80)
    assert (panel["passed"], panel["pass_mark"]) == (True, 75)
    assert panel["appraisals"]["means"] == ["85.0", "75.0"]
    assert [scores for _, scores in panel["appraisals"]["rows"]] == [
        ["80", "70"],
        ["90", "80"],
        [None, None],
    ]
    assert (panel["may_assign"], panel["may_post"], panel["place"]) == (True, False, None)
    assert need_panel(make_approver(), need)["may_assign"] is False
    assert need_panel(make_user(unit=need.owner), need) == {}
