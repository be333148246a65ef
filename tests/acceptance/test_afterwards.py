"""Assessments and the track record: reported, scored, answered; what is old weighs less."""

from datetime import timedelta
from decimal import Decimal

import pytest

from jiebang.acceptance import assessments, queries, track
from jiebang.acceptance.models import Assessment, TrackItem
from jiebang.acceptance.states import ASSESSMENT_LIFE, AssessmentAction, AssessmentState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.contracts.models import Contract
from tests.acceptance import steps
from tests.factories import make_contract, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db

EFFECTS = {
    "revenue": Decimal(1200), "tax": Decimal(80), "investment": Decimal(0), "patents": 3,
    "joint_patents": 1, "standards": 1, "jobs": 12, "effects": "产品已批量供货",
}  # fmt: skip


@pytest.fixture
def planned():
    """An accepted contract whose assessment is open, with its people."""
    case = steps.make_case("accepted")
    case.assessment = assessments.open_for(contract=case.contract)
    Assessment.objects.update(opens_on=clock.today())
    case.assessment.refresh_from_db()
    return case


def report(case, **changes):
    return assessments.report(
        assessment=case.assessment, actor=case.solver, data={**EFFECTS, **changes}
    )


def test_effects_are_reported_scored_and_answered(planned):
    report(planned)
    assessments.judge(
        assessment=planned.assessment, action="score", actor=planned.officer, note="成效明显",
        score=86,
    )  # fmt: skip
    assessments.reply(assessment=planned.assessment, actor=planned.solver, text="感谢，继续努力")
    row = Assessment.objects.get()
    assert (row.state, row.score, row.reply) == ("replied", 86, "感谢，继续努力")
    with pytest.raises(WrongState):
        assessments.reply(assessment=row, actor=planned.solver, text="再答一次")


def test_a_year_has_to_pass_first():
    case = steps.make_case("accepted")
    case.assessment = assessments.open_for(contract=case.contract)
    with pytest.raises(WrongState) as caught:
        report(case)
    assert (caught.value.code, Assessment.objects.get().state) == ("not_open_yet", "pending")
    with clock.telling(clock.now() + timedelta(days=370)):
        report(case)
    assert Assessment.objects.get().state == "reported"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"revenue": None}, "revenue"),
        ({"tax": Decimal(-1)}, "tax"),
        ({"jobs": None}, "jobs"),
        ({"joint_patents": 4}, "joint_patents"),
        ({"effects": " "}, "effects"),
    ],
)
def test_odd_effects_are_told_at_their_field(planned, changes, field):
    with pytest.raises(Invalid) as caught:
        report(planned, **changes)
    assert set(caught.value.fields) == {field}
    assert Assessment.objects.get().state == "pending"


@pytest.mark.parametrize("score", [None, -1, 101])
def test_a_score_lies_between_nought_and_a_hundred(planned, score):
    report(planned)
    with pytest.raises(Invalid) as caught:
        assessments.judge(
            assessment=planned.assessment, action="score", actor=planned.officer, note="好",
            score=score,
        )  # fmt: skip
    assert (caught.value.code, Assessment.objects.get().state) == ("score_invalid", "reported")


@pytest.mark.parametrize("state", AssessmentState)
def test_who_can_do_what_with_an_assessment(planned, state):
    from jiebang.acceptance import policies  # noqa: PLC0415

    Assessment.objects.update(state=state, score=80)
    row = queries.assessments().get()
    possible = set(ASSESSMENT_LIFE.actions_from(state))
    units = {AssessmentAction.REPORT, AssessmentAction.REPLY}
    for who, theirs in (
        (planned.solver, units),
        (planned.officer, {AssessmentAction.RETURN, AssessmentAction.SCORE}),
        (planned.approver, set()),
        (planned.poster, set()),
        (make_user(), set()),
    ):
        assert set(policies.assessment_actions_for(who, row)) == possible & theirs


def test_a_dispute_is_noted_once_and_answered_by_the_unit():
    contract = make_contract("running")
    officer, solver = make_officer(), make_user(unit=contract.solver)
    with pytest.raises(NotAllowed):
        track.dispute(contract=contract, actor=solver, text="发榜方来函反映交付延迟")
    with pytest.raises(Invalid):
        track.dispute(contract=contract, actor=officer, text="短")
    assert not TrackItem.objects.exists()
    item = track.dispute(contract=contract, actor=officer, text="发榜方来函反映交付延迟")
    with pytest.raises(Conflict):
        track.dispute(contract=contract, actor=officer, text="发榜方来函反映交付延迟")
    with pytest.raises(NotAllowed):
        track.answer(item=item, actor=officer, text="替单位答复")
    track.answer(item=item, actor=solver, text="已书面取得顺延同意")
    row = TrackItem.objects.get()
    assert (row.organization, row.kind, row.reply) == (
        contract.solver, "disputed", "已书面取得顺延同意",
    )  # fmt: skip


def test_a_dissatisfied_poster_leaves_a_disputed_item():
    case = steps.make_case()
    steps.concluded(case, "close", satisfaction="dissatisfied")
    assert set(TrackItem.objects.values_list("kind", flat=True)) == {
        "closed", "on_time", "disputed",
    }  # fmt: skip


def test_what_is_old_weighs_less_and_one_query_serves_any_number(
    settings, django_assert_num_queries
):
    settings.TRACK_RECORD_HALF_LIFE_MONTHS = 24
    today = clock.today()
    assert queries.weight(today, today) == 1
    assert queries.weight(today - timedelta(days=730), today) == Decimal("0.50")
    assert queries.weight(today - timedelta(days=1461), today) == Decimal("0.25")
    unit, other = make_unit(), make_unit()
    for days in (0, 730):
        contract = make_contract("accepted")
        TrackItem.objects.create(
            organization=unit, contract=contract, kind="accepted",
            happened_on=today - timedelta(days=days),
        )  # fmt: skip
    with django_assert_num_queries(1):
        found = queries.track_record([unit.pk, other.pk])
    record = found[unit.pk]
    assert (record.counts, record.weights) == ({"accepted": 2}, {"accepted": Decimal("1.50")})
    assert (record.total, record.words) == (2, "验收通过 2 项")
    assert (found[other.pk].total, found[other.pk].words) == (0, "")


def test_the_unit_s_public_page_shows_the_record_with_its_answer(client):
    contract = make_contract("accepted")
    item = TrackItem.objects.create(
        organization=contract.solver, contract=contract, kind="disputed",
        happened_on=clock.today(), text="交付延迟", reply="已取得同意",
    )  # fmt: skip
    page = client.get(f"/units/{contract.solver_id}/").content.decode()
    assert ("有争议 1 项" in page, "已取得同意" in page, "发布答复" in page) == (True, True, False)
    client.force_login(make_user(unit=contract.solver))
    answer = client.post(f"/track-items/{item.pk}/answer/", {"note": "补充说明，函件已附"})
    assert answer.status_code == 302
    assert TrackItem.objects.get().reply == "补充说明，函件已附"
    assert Contract.objects.count() == 1
