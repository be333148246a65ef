"""What people see of the matches: whom, in which words, and in how many queries."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.library.states import State as NeedState
from jiebang.recommendations import queries, services
from jiebang.recommendations.cards import Chip, chips
from jiebang.recommendations.models import Kind, Match, Run
from tests.factories import (
    indicator_row,
    make_achievement,
    make_challenge,
    make_district,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(solver):
    need = make_need(NeedState.POSTED, indicators=0, trl_target=8)
    need.indicators.create(position=0, **indicator_row(name="连续成膜"))
    need.indicators.create(position=1, **indicator_row(name="循环寿命", unit="次"))
    return need


def view(user, need, kind=Kind.ACHIEVEMENT):
    (found,) = queries.run_for(user, Kind.NEED, need, kind).matches
    return found


def test_a_card_says_what_whose_how_well_and_why(need, solver):
    services.refresh_all()
    officer = make_officer()
    match = Match.objects.get(run__subject_kind=Kind.NEED, run__object_kind=Kind.ACHIEVEMENT)

    card = view(officer, need)

    assert (card.subject_kind, card.subject_id, card.kind) == ("need", need.pk, "achievement")
    assert card.object == solver.achievements.get(pk=match.object_id)
    assert (card.title, card.who) == ("硫化物固态电解质连续成膜装备", solver.name)
    assert (card.grade_label, card.grade_tone) == ("强相关", "green")
    largest = match.reasons[0]
    share = round(100 * largest["share"] / match.score)
    assert card.chips[0] == Chip(largest["term"], share, largest["seen_as"])
    assert len(card.chips) <= 4
    assert sum(chip.share_percent for chip in card.chips) <= 101
    assert (card.trl_now, card.trl_target) == (6, 8)
    assert (card.indicator_coverage, str(card.indicator_coverage)) == ((1, 2, ("循环寿命",)), "1/2")
    assert (card.score, card.missing) == (match.score, tuple(match.missing))
    assert card.feedback is None


def test_a_part_of_a_score_that_has_no_name_or_no_weight_is_no_chip():
    reasons = [
        {"term": "其他", "share": 0.1, "kind": "other", "seen_as": ""},
        {"term": "碳化硅", "share": 0.0990, "kind": "synonym", "seen_as": "sic"},
        {"term": "成本", "share": 0.0009, "kind": "chars", "seen_as": ""},
    ]

    assert chips(reasons, 0.2) == (Chip("碳化硅", 50, "sic"),)


def test_a_unit_is_shown_with_its_kind_and_place(need, solver):
    services.refresh_all()

    card = view(make_officer(), need, Kind.ORGANIZATION)

    assert (card.title, card.who) == (solver.name, "高校·东莞市")
    assert (card.trl_now, card.trl_target) == (None, None)


def test_a_posted_need_shares_its_answers_with_its_challenge(need):
    challenge = make_challenge(need=need)
    services.refresh_all()
    officer = make_officer()

    assert queries.matches_for(officer, Kind.CHALLENGE, challenge) == [
        view(officer, need),
        view(officer, need, Kind.ORGANIZATION),
    ]


def test_who_may_know_what_solves_a_need(need):
    make_challenge(need=need)
    services.refresh_all()
    owner = need.owner
    readers = {
        "member": (make_user(unit=owner), True),
        "officer": (make_officer(), True),
        "endorser": (make_endorser(owner.district), True),
        "endorser elsewhere": (make_endorser(make_district("T02", "横溪镇")), False),
        "expert who is not asked": (make_expert(), False),
        "another unit": (make_user(unit=make_unit()), False),
        "visitor": (AnonymousUser(), False),
        "nobody": (None, False),
    }

    seen = {
        who: bool(queries.matches_for(user, Kind.NEED, need)) for who, (user, _) in readers.items()
    }

    assert seen == {who: may for who, (_, may) in readers.items()}


def test_who_may_know_which_challenges_suit_a_unit(solver):
    make_challenge()
    services.refresh_all()

    def count(user):
        return len(queries.matches_for(user, Kind.ORGANIZATION, solver))

    assert count(make_user(unit=solver)) == count(make_officer()) == 1
    assert count(make_user(unit=make_unit())) == count(AnonymousUser()) == 0


def test_which_challenges_suit_a_public_result_everybody_may_know(solver):
    challenge = make_challenge()
    row = solver.achievements.get(title__startswith="硫化物")
    services.refresh_all()

    (card,) = queries.matches_for(AnonymousUser(), Kind.ACHIEVEMENT, row)

    assert (card.object, card.who) == (challenge, challenge.owner_name)
    assert (card.trl_now, card.trl_target) == (6, None)


def test_a_unit_that_wants_no_name_has_none_on_a_card(solver):
    make_challenge(need=make_need(NeedState.POSTED, mask_owner=True))
    services.refresh_all()

    (card,) = queries.matches_for(make_officer(), Kind.ORGANIZATION, solver)

    assert card.who == "某企业（名称已隐去）"


def test_not_yet_asked_is_told_from_nothing_found(need):
    officer = make_officer()
    assert queries.run_for(officer, Kind.NEED, need, Kind.ACHIEVEMENT) is None

    type(need).objects.update(title="蕾丝花纹", keywords="蕾丝", main_problem="", key_technology="")
    services.refresh_all()
    run = queries.run_for(officer, Kind.NEED, need, Kind.ACHIEVEMENT)

    assert (run.label, run.matches) == ("成果", ())
    assert "蕾丝" in run.missing


def test_where_nothing_is_good_enough_the_nearest_is_shown(solver):
    solver.achievements.filter(title__startswith="硫化物").delete()
    need = make_need(NeedState.POSTED)
    services.refresh_all()

    run = queries.run_for(make_officer(), Kind.NEED, need, Kind.ACHIEVEMENT)

    assert (run.matches, run.nearest.title) == ((), "激光雷达光学镜头装调工艺")
    assert run.nearest.grade_label == "弱"


def test_what_was_hidden_a_moment_ago_is_left_out_before_the_next_matching(need, solver):
    services.refresh_all()
    officer = make_officer()
    assert len(queries.matches_for(officer, Kind.NEED, need)) == 2

    solver.achievements.update(on_offer=False)
    type(solver).objects.filter(pk=solver.pk).update(state="suspended")

    assert queries.matches_for(officer, Kind.NEED, need) == []


def test_a_challenge_leaves_the_cards_at_its_closing_time_to_the_second(solver):
    challenge = make_challenge()
    member = make_user(unit=solver)
    services.refresh_all()

    def shown(moment):
        with clock.telling(moment):
            return [card.object for card in queries.challenges_for_units(member)]

    assert shown(challenge.closes_at - timedelta(seconds=1)) == [challenge]
    assert shown(challenge.closes_at) == []


def test_a_person_of_two_units_sees_each_challenge_once_best_first(solver):
    good = make_challenge()
    other = make_challenge(
        need=make_need(NeedState.POSTED, title="激光雷达镜头检测", keywords="激光雷达,光学镜头")
    )
    second = make_university(main_business="固态电池")
    make_achievement(second, keywords="固态电池")
    person = make_user(unit=solver)
    person.memberships.create(organization=second, role="viewer")
    services.refresh_all()

    cards = queries.challenges_for_units(person)

    kept = Match.objects.filter(run__subject_kind=Kind.ORGANIZATION)
    assert {card.object for card in cards} == {good, other}
    assert [card.score for card in cards] == sorted((card.score for card in cards), reverse=True)
    assert kept.filter(object_id=good.pk).count() == 2
    assert queries.challenges_for_units(make_user()) == []


def test_cards_take_the_same_number_of_queries_for_one_match_and_for_three(
    django_assert_num_queries,
):
    need = make_need(NeedState.POSTED)
    challenge = make_challenge(ChallengeState.CLOSED, need=need)
    for count in (1, 3):
        while Match.objects.filter(run__object_kind=Kind.ACHIEVEMENT).count() < count:
            make_achievement(make_university(main_business="固态电池"), keywords="固态电池")
            services.refresh_all()
        officer = make_officer()
        with django_assert_num_queries(13):
            cards = queries.matches_for(officer, Kind.CHALLENGE, challenge)
        assert len([card for card in cards if card.kind == Kind.ACHIEVEMENT]) == count


def test_a_run_and_a_match_read_well():
    run = Run(subject_kind="need", subject_id=3, object_kind="achievement")
    assert str(run) == "need 3 → achievement"
    assert str(Match(run=run, rank=1, object_id=9, score=0.25)) == "1. 9 0.250"
