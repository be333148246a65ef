"""What the matcher reads: which rows, which of their texts, and nothing that is sealed."""

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.library.states import State as NeedState
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.states import State as ProposalState
from jiebang.recommendations.corpus import SOUGHT, SUBJECTS, Item, Passage, place
from jiebang.recommendations.models import Kind
from tests.factories import (
    make_achievement,
    make_challenge,
    make_need,
    make_proposal,
    make_unit,
    make_university,
)

pytestmark = pytest.mark.django_db


def keys(source):
    return [item.pk for item in source.items()]


@pytest.mark.parametrize("state", NeedState)
def test_a_need_asks_once_it_was_handed_in(state):
    need = make_need(state)

    expected = [] if state in (NeedState.DRAFT, NeedState.WITHDRAWN) else [need.pk]
    assert keys(SUBJECTS[Kind.NEED]) == expected


@pytest.mark.parametrize("state", UnitState)
def test_only_a_verified_unit_takes_part(state):
    unit = make_unit(state=state)

    expected = [unit.pk] if state == UnitState.VERIFIED else []
    assert keys(SOUGHT[Kind.ORGANIZATION]) == keys(SUBJECTS[Kind.ORGANIZATION]) == expected


@pytest.mark.parametrize("on_offer", [True, False])
def test_only_what_is_on_offer_takes_part(on_offer):
    row = make_achievement(on_offer=on_offer)

    assert keys(SOUGHT[Kind.ACHIEVEMENT]) == [row.pk] * on_offer


@pytest.mark.parametrize("state", ChallengeState)
def test_a_challenge_is_found_while_it_is_open(state):
    challenge = make_challenge(state)

    assert keys(SOUGHT[Kind.CHALLENGE]) == [challenge.pk] * (state == ChallengeState.OPEN)


OPENED = {
    ChallengeState.CLOSED,
    ChallengeState.AWARDED,
    ChallengeState.COMPLETED,
    ChallengeState.FAILED,
}
HANDED_IN = {ProposalState.SUBMITTED, ProposalState.AWARDED, ProposalState.NOT_AWARDED}


@pytest.mark.parametrize("bid", ProposalState)
@pytest.mark.parametrize("state", ChallengeState)
def test_a_solution_is_read_only_when_handed_in_and_opened(state, bid):
    proposal = make_proposal(bid, challenge=make_challenge(state))

    expected = [proposal.pk] if state in OPENED and bid in HANDED_IN else []
    assert keys(SOUGHT[Kind.PROPOSAL]) == expected


def test_a_need_is_read_field_by_field():
    need = make_need(NeedState.ENDORSED, keywords="固态电池，电解质")

    (item,) = SUBJECTS[Kind.NEED].items()

    (document,) = item.documents
    assert document.key == f"{need.pk}.0"
    assert document.fields == {
        "title": need.title,
        "keywords": "固态电池，电解质",
        "indicators": "指标1 ≥ 350 Wh/kg",
        "body": f"{need.main_problem}\n{need.key_technology}\n{need.expected_goal}",
    }
    assert (item.owner_id, item.asked) == (need.owner_id, (("指标1", "Wh/kg"),))


def test_a_unit_is_known_by_its_business_and_by_each_thing_it_offers():
    unit = make_university(main_business="电池研究", intro="研究电解质。")
    make_achievement(unit, title="甲", keywords="固态电池,电解质", summary="甲的简介")
    make_achievement(unit, title="不公开", keywords="秘密", on_offer=False)
    make_achievement(unit, title="乙", keywords="", summary="乙的简介")

    (item,) = SOUGHT[Kind.ORGANIZATION].items()

    assert [(place(each.key), each.fields) for each in item.documents] == [
        ((unit.pk, 0), {"title": "电池研究", "body": "研究电解质。"}),
        ((unit.pk, 1), {"title": "甲", "keywords": "固态电池，电解质", "body": "甲的简介"}),
        ((unit.pk, 2), {"title": "乙", "body": "乙的简介"}),
    ]


def test_a_unit_that_says_nothing_of_itself_is_known_by_what_it_offers():
    unit = make_university()
    make_achievement(unit)

    (item,) = SOUGHT[Kind.ORGANIZATION].items()

    assert [place(each.key) for each in item.documents] == [(unit.pk, 1)]


def test_of_a_need_for_matched_parties_the_board_lends_title_and_keywords_only():
    need = make_need(NeedState.POSTED, secrecy="matched")
    make_challenge(need=need)

    (item,) = SOUGHT[Kind.CHALLENGE].items()

    (document,) = item.documents
    assert document.fields == {"title": need.title, "keywords": "固态电池，硫化物电解质"}
    assert item.asked == ()


def test_a_solution_is_read_without_its_people_and_its_money():
    proposal = make_proposal(
        ProposalState.SUBMITTED, challenge=make_challenge(ChallengeState.CLOSED)
    )

    (item,) = SOUGHT[Kind.PROPOSAL].items()

    (document,) = item.documents
    assert document.fields == {
        "indicators": "指标1：360 Wh/kg",
        "body": f"{proposal.technical_route}\n{proposal.research_basis}",
    }


def test_reading_takes_the_same_number_of_queries_for_one_row_and_for_three(
    django_assert_num_queries,
):
    for kind, count in ((Kind.ORGANIZATION, 2), (Kind.CHALLENGE, 2), (Kind.PROPOSAL, 4)):
        for _ in range(3):
            if kind == Kind.PROPOSAL:
                challenge = make_challenge(ChallengeState.CLOSED)
                make_proposal(ProposalState.SUBMITTED, challenge=challenge)
            elif kind == Kind.CHALLENGE:
                make_challenge()
            else:
                make_achievement(make_university())
            with django_assert_num_queries(count):
                list(SOUGHT[kind].items())


@pytest.mark.parametrize(
    ("name", "unit", "covered"),
    [
        ("能量密度", "", True),
        ("能量密度", "Wh/kg", True),
        ("比能量", "wh/kg", True),
        ("循环寿命", "次", False),
        ("厚度", "%", False),
        ("ＡＧＶ载重", "", True),
    ],
)
def test_an_indicator_is_covered_by_its_name_or_by_a_telling_unit(name, unit, covered):
    text = "电芯能量密度达到 380 Wh/kg，良率 95%；agv载重一吨。"
    item = Item(1, None, ((Passage("简介", "body", text),),))

    assert item.unmentioned([(name, unit)]) == ([] if covered else [name])


def test_what_a_row_is_known_by_changes_with_its_text_and_with_what_is_asked():
    text = (Passage("题目", "title", "固态电池"),)
    digests = {
        Item(1, None, (text,)).digest,
        Item(1, None, ((Passage("题目", "keywords", "固态电池"),),)).digest,
        Item(1, None, (text, text)).digest,
        Item(1, None, (text,), (("能量密度", ""),)).digest,
        Item(1, 7, (text,)).digest,
    }

    assert len(digests) == 5
    assert Item(2, None, (text,)).digest == Item(1, None, (text,)).digest
