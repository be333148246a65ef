"""What everybody reads of an exception: a poster that stays unnamed stays so."""

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.experts import exceptions, services
from jiebang.organizations.queries import short_names
from jiebang.proposals.states import State as ProposalState
from tests import factories as make

pytestmark = pytest.mark.django_db
NAME = "东莞市松湖固态电池科技有限公司"


@pytest.fixture
def challenge():
    owner = make.make_unit(name=NAME)
    need = make.make_need("posted", owner=owner, mask_owner=True, contact_name="欧阳联系")
    challenge = make.make_challenge(ChallengeState.CLOSED, need=need)
    make.make_proposal(ProposalState.SUBMITTED, challenge=challenge)
    return challenge


def waived(challenge, *units):
    """An exception for an expert of the poster's unit who also declared these units."""
    expert = make.make_pooled(unit=challenge.need.owner)
    for unit in units:
        expert.ties.create(kind="declared", unit=unit, unit_name=unit.name, note="合作过")
    reason = f"国内仅{NAME}（松湖固态电池）从事这一方向，经欧阳联系确认"
    waiver = services.propose_waiver(
        expert=expert, challenge=challenge, actor=make.make_officer(), reason=reason
    )
    services.decide_waiver(waiver=waiver, action="approve", actor=make.make_officer())
    return waiver


def test_a_unit_is_shortened_as_people_shorten_it():
    assert short_names(NAME) == ("东莞市松湖固态电池", "松湖固态电池")


def test_a_masked_poster_is_named_neither_in_the_sentence_nor_in_the_reason(challenge):
    lead = challenge.proposals.get().lead
    waiver = waived(challenge, lead)

    (shown,) = exceptions.published(challenge, named=True)

    owner = "某企业（名称已隐去）"
    assert shown.sentences == [
        f"与需求单位“{owner}”有应当回避的利害关系",
        f"本人申报与揭榜牵头单位“{lead.name}”有利害关系：合作过",
    ]
    hidden = "〔已隐去〕"
    assert shown.reason == f"国内仅{hidden}（{hidden}）从事这一方向，经{hidden}确认"
    assert shown.expert == str(waiver.expert)
    assert (shown.proposed_by, shown.decided_by) == (
        waiver.proposed_by.display_name,
        waiver.decided_by.display_name,
    )


def test_a_poster_who_shows_its_name_is_named_and_an_expert_is_not_where_names_are_kept(challenge):
    challenge.need.mask_owner = False
    challenge.need.save()
    waiver = waived(challenge)

    (shown,) = exceptions.published(challenge, named=False)

    assert shown.expert == "一名专家"
    assert shown.sentences == [edge["sentence"] for edge in waiver.edges]
    assert NAME in shown.reason
