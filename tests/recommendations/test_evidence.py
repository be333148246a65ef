"""Evidence beside the score: fields, money, track record; never a part of the score."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.acceptance.models import Assessment
from jiebang.audit import services as audit
from jiebang.challenges.states import State as ChallengeState
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import comparison, evidence, queries, records, services
from jiebang.recommendations.cards import Chip
from jiebang.recommendations.models import Kind, Match
from jiebang.taxonomy.models import TechField
from tests.factories import (
    make_achievement,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_proposal,
    make_university,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields():
    top = TechField.objects.create(code="M", name="新材料")
    made = {"top": top}
    for code, name in (("M1", "高分子材料"), ("M2", "金属材料")):
        made[code] = TechField.objects.create(code=code, name=name, parent=top)
    made["E"] = TechField.objects.create(code="E", name="新能源")
    return made


@pytest.mark.parametrize(
    ("left", "right", "distance", "says"),
    [
        ("M1", "M1", 0, "同属高分子材料"),
        ("M1", "M2", 1, "同在新材料：高分子材料 ↔ 金属材料"),
        ("top", "M1", 1, "同在新材料：新材料 ↔ 高分子材料"),
        ("M1", "E", 2, "领域不同：新材料 / 高分子材料 ↔ 新能源"),
        ("M1", None, None, None),
    ],
)
def test_how_far_the_fields_lie_apart(fields, left, right, distance, says):
    need = make_need(tech_field=fields[left])
    result = make_achievement(tech_field=fields.get(right))

    found = evidence.of(need, result, (None, None), evidence.gather([result])).field

    assert found == ((distance, says) if says else None)


def test_a_unit_stands_in_the_field_of_its_nearest_result(fields):
    unit = make_university()
    make_achievement(unit, tech_field=fields["E"])
    make_achievement(unit, tech_field=fields["M2"])

    found = evidence.of(
        make_need(tech_field=fields["M1"]), unit, (None, None), evidence.gather([unit])
    )

    assert found.field.distance == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Decimal(600), "申请 600.00 万元，在榜单金额 800.00 万元以内"),
        (Decimal(900), "申请 900.00 万元，超出榜单金额 100.00 万元"),
    ],
)
def test_a_solution_is_held_against_the_money(asked, says):
    challenge = make_challenge(ChallengeState.CLOSED)
    bid = make_proposal(BidState.SUBMITTED, challenge=challenge, asked_amount=asked)

    assert evidence.of(challenge, bid, (6, 8), evidence.gather([bid])).budget == says
    assert evidence.of(challenge, bid, (6, 8), evidence.gather([bid])).trl_gap == 2


def test_the_record_is_what_became_of_the_contracts():
    contract = make_contract("accepted")
    solver = contract.solver
    audit.record(actor=None, thing=contract, action="accept", label="验收通过", went_to="accepted")

    found = records.of_units([solver.pk])

    assert found[solver.pk] == records.Record(accepted=1, on_time=1, disputed=0)
    assert str(found[solver.pk]) == "已验收 1 项（按期 1 项）"


def test_a_contract_that_ended_late_is_not_on_time():
    contract = make_contract("accepted")
    today = timezone.localdate()
    type(contract).objects.update(
        starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=1)
    )
    audit.record(actor=None, thing=contract, action="accept", label="验收通过", went_to="accepted")

    assert records.of_units([contract.solver_id])[contract.solver_id].on_time == 0


def test_a_score_of_the_work_done_is_told_at_the_next_match():
    contract = make_contract("accepted")
    solver, day = contract.solver, timezone.localdate()
    made = Assessment.objects.create(
        contract=contract, state="scored", opens_on=day, due_on=day, score=88,
        scored_at=timezone.now(),
    )  # fmt: skip
    said = str(records.of_units([solver.pk])[solver.pk])
    assert said == "已验收 1 项（按期 0 项），绩效评价 88 分"

    other = make_contract("accepted")
    type(other).objects.filter(pk=other.pk).update(solver=solver)
    made.pk, made.contract, made.score = None, other, 71
    made.save(force_insert=True)
    said = str(records.of_units([solver.pk])[solver.pk])
    assert said == "已验收 2 项（按期 0 项），绩效评价平均 80 分（2 项）"


@pytest.mark.parametrize(
    ("state", "says"), [("running", "已验收 0 项，在研 1 项"), ("drafting", "")]
)
def test_what_is_not_over_is_told_as_such(state, says):
    contract = make_contract(state)

    assert str(records.of_units([contract.solver_id])[contract.solver_id]) == says


def test_a_floor_that_knows_more_may_tell_the_records(monkeypatch):
    unit = make_university()
    monkeypatch.setattr(records, "_providers", [])

    @records.provide
    def told(units):
        return {key: records.Record(accepted=3, on_time=2, disputed=1) for key in units}

    assert str(records.of_units([unit.pk])[unit.pk]) == "已验收 3 项（按期 2 项），有争议 1 项"


def test_evidence_changes_no_score(solver, fields):
    need = make_need(NeedState.ENDORSED, tech_field=fields["E"])
    services.refresh_all()
    before = list(Match.objects.order_by("pk").values_list("object_id", "score"))
    solver.achievements.update(tech_field=fields["M1"], price_band="面议", trl=2)
    officer = make_officer()

    (card,) = queries.run_for(officer, Kind.NEED, need, Kind.ACHIEVEMENT).matches
    services.refresh_all()

    assert list(Match.objects.order_by("pk").values_list("object_id", "score")) == before
    assert card.evidence.field.distance == 2
    assert card.evidence.budget == "成果报价 面议，需求金额 800.00 万元"
    assert card.indicator_coverage.unmentioned == ("指标1",)
    assert sum(reason["share"] for reason in card.reasons) == pytest.approx(card.score)
    shown = comparison.compare(
        actor=officer, subject_kind="need", subject_id=need.pk,
        object_kind="achievement", object_id=card.object.pk,
    )  # fmt: skip
    assert shown.evidence == card.evidence


@pytest.mark.parametrize(
    ("chip", "synonym"),
    [
        (Chip("碳化硅", 50, "SiC"), True),
        (Chip("碳化硅", 50, ""), False),
        (Chip("sic", 50, "SiC"), False),
    ],
)
def test_a_term_that_stands_under_another_word_is_a_synonym(chip, synonym):
    assert chip.is_synonym == synonym


def test_a_card_says_which_synonym_made_the_match():
    need = make_need(NeedState.ENDORSED, title="SiC外延生长难题", keywords="SiC,外延")
    make_achievement(title="碳化硅外延生长装备", summary="碳化硅外延。", keywords="碳化硅")
    services.refresh_all()

    (card,) = queries.run_for(make_officer(), Kind.NEED, need, Kind.ACHIEVEMENT).matches

    assert card.because.startswith("SiC≈碳化硅")
