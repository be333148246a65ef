"""What the system draws and freezes: strength, relations, concentration, conflicts, integrity."""

from decimal import Decimal

import pytest

from jiebang.commissions import decisions, opinions, queries, strength
from jiebang.commissions.models import Opinion, Version
from jiebang.common.errors import Conflict, NotAllowed, RuleBroken, WrongState
from jiebang.experts.models import RelatedUnits
from jiebang.ledger import queries as ledger
from jiebang.ledger.models import Record
from jiebang.recommendations.models import Match, Run
from tests.commissions import steps
from tests.factories import (
    make_achievement,
    make_approver,
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_pooled,
    make_proposal,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def refused(kind, code, act):
    before = steps.written(), Opinion.objects.count(), Version.objects.count()
    with pytest.raises(kind) as refusal:
        act()
    after = steps.written(), Opinion.objects.count(), Version.objects.count()
    assert (refusal.value.code, after) == (code, before)
    return str(refusal.value)


def test_strength_is_drawn_from_results_awards_contracts_and_matches_with_reasons():
    unit, need = make_university(), make_need("in_library")
    achievement = make_achievement(unit)
    challenge = make_challenge("awarded")
    bid = make_proposal("awarded", challenge=challenge, lead=unit)
    contract = make_contract("running", award=make_award(bid))
    run = Run.objects.create(
        subject_kind="need", subject_id=need.pk, object_kind="achievement", engine="e1", stamp="s"
    )
    reasons = [{"kind": "term", "term": "固态电池", "share": 0.6, "seen_as": ""}]
    Match.objects.create(
        run=run, object_id=achievement.pk, rank=1, score=0.6, grade="strong", reasons=reasons,
        missing=["界面"], indicators_covered=1, indicators_asked=2,
    )  # fmt: skip

    found = strength.strength(unit, [need])

    assert [row["title"] for row in found["achievements"]] == [achievement.title]
    assert found["trl_best"] == 6
    assert [row["title"] for row in found["awards"]] == [challenge.title]
    assert [(row["number"], row["result"]) for row in found["contracts"]] == [
        (contract.number, "实施中")
    ]
    (match,) = found["matches"]
    assert (match["need"], match["grade"], match["indicators"]) == (need.title, "强相关", "1/2")
    assert (match["terms"], match["missing"]) == (["固态电池 100%"], ["界面"])


def test_what_was_drawn_stays_with_the_proposal_whatever_comes_later():
    made = steps.propose()
    make_achievement(made.candidate)
    kept = queries.frozen(made).content
    assert kept["strength"][0]["achievements"] == []
    assert strength.draw(made)["strength"][0]["achievements"] != []


def past(candidate, amount, call):
    made = steps.effective(candidate=candidate, amount=Decimal(amount), call=call)
    assert made.state == "effective"


def test_the_share_of_past_awards_by_number_and_money_decides_who_approves():
    unit, other = make_university(), make_university()
    call = make_call(
        rules={
            "commission_notice_days": 0,
            "commission_count_share": 60,
            "commission_money_share": 60,
        }
    )
    past(other, 300, call)
    past(other, 300, call)
    past(unit, 200, call)
    made = steps.propose(needs=[make_need("in_library", call=call)], candidate=unit)
    figures = queries.frozen(made).content["concentration"]
    assert (figures["count"], figures["count_all"], figures["count_share"]) == (1, 3, "33.33")
    assert (figures["money"], figures["money_share"]) == ("200.00 万元", "25.00")
    assert (figures["count_share_with"], figures["money_share_with"]) == ("50.00", "57.14")
    assert (figures["above"], made.needs_higher) == (False, False)

    again = steps.propose(needs=[make_need("in_library", call=call)], candidate=other)
    assert again.needs_higher
    assert again.higher_reasons == [
        f"近 3 年全市定向委托项数共 3 项，{other}占 2 项（66.67%），超过本批次上限 60%",
        f"近 3 年全市定向委托金额共 800.00 万元，{other}占 600.00 万元（75.00%），"
        "超过本批次上限 60%",
    ]


def above_the_limit():
    unit, call = make_university(), make_call(rules={"commission_notice_days": 0})
    past(unit, 200, call)
    return steps.propose(needs=[make_need("in_library", call=call)], candidate=unit)


def test_above_the_limit_a_third_person_of_a_higher_rank_approves():
    made, approver, director = above_the_limit(), make_approver(), steps.make_director()
    said = refused(
        NotAllowed, "higher_approver_needed", lambda: steps.move(made, "approve", approver)
    )
    assert "100.00%" in said
    assert steps.move(made, "elevate", approver).state == "elevated"
    refused(NotAllowed, "role_required", lambda: steps.move(made, "confirm", approver))
    assert steps.move(made, "confirm", director).state == "approved"


def test_who_approved_first_is_not_the_higher_approver():
    both = make_user("approver", "director")
    made = steps.move(above_the_limit(), "elevate", both)
    refused(NotAllowed, "same_person", lambda: steps.move(made, "confirm", both))


def test_below_the_limit_nothing_goes_upwards():
    made, approver = steps.propose(), make_approver()
    refused(NotAllowed, "no_higher_needed", lambda: steps.move(made, "elevate", approver))


def test_figures_that_passed_the_limit_since_are_drawn_anew_first():
    unit, call = make_university(), make_call(rules={"commission_notice_days": 0})
    waiting = steps.propose(needs=[make_need("in_library", call=call)], candidate=unit)
    past(unit, 200, call)
    approver = make_approver()
    refused(RuleBroken, "figures_outdated", lambda: steps.move(waiting, "approve", approver))


def relate(one, other):
    one, other = sorted((one, other), key=lambda unit: unit.pk)
    RelatedUnits.objects.create(
        one=one, other=other, basis="同一集团控股", recorded_by=make_officer()
    )


@pytest.mark.parametrize("barred", [0, 1])
def test_a_related_unit_needs_a_higher_approver_or_is_barred_by_the_call(barred):
    call = make_call(rules={"commission_related_barred": barred})
    need, unit = make_need("in_library", call=call), make_university()
    relate(need.owner, unit)
    made = steps.draft(needs=[need], candidate=unit)
    steps.support(made)
    officer = make_officer()
    propose = lambda: decisions.propose(commission=made, actor=officer)  # noqa: E731
    if barred:
        assert "同一集团控股" in refused(RuleBroken, "related_party", propose)
        return
    propose()
    assert made.needs_higher
    assert made.higher_reasons == [f"{unit}与{need.owner}是关联单位（同一集团控股）"]


def test_a_conflicted_expert_is_not_asked_and_nobody_is_asked_twice():
    made = steps.draft()
    officer = make_officer()
    insider = make_pooled(unit=made.candidate)
    said = refused(RuleBroken, "conflict_of_interest", lambda: steps.ask(made, insider, officer))
    assert "同属一个单位" in said
    expert = make_pooled()
    steps.ask(made, expert, officer)
    refused(Conflict, "asked_already", lambda: steps.ask(made, expert, officer))


def test_an_expert_answers_once_and_only_their_own():
    made = steps.draft()
    asked = steps.ask(made)
    stranger = make_pooled().user
    answer = lambda who: opinions.answer(  # noqa: E731
        opinion=asked, actor=who, stance="pointless", text=steps.OPINION
    )
    refused(NotAllowed, "not_asked", lambda: answer(stranger))
    answer(asked.expert.user)
    refused(WrongState, "answered_already", lambda: answer(asked.expert.user))


def test_the_ledger_holds_what_the_decision_saw():
    made = steps.notice()
    assert list(ledger.check_all()) == []
    kept = queries.frozen(made)
    kept.content["reason"] = "改过的理由"
    kept.save()
    (fault,) = ledger.check_all()
    record = Record.objects.get(number=fault.number)
    assert (record.about_type, record.about_id) == ("commissions.version", kept.pk)
