"""Which edges bar an expert, and what each says."""

import pytest
from django.utils import timezone

from jiebang.audit.models import Entry
from jiebang.common.errors import RuleBroken
from jiebang.experts import queries, seats, services
from jiebang.experts.conflicts import Bond, Edge, Party, Profile, World, edges
from jiebang.experts.models import RelatedUnits
from jiebang.experts.states import EdgeKind, SeatState, TieKind
from jiebang.library import screening
from jiebang.library.appraisers import candidates
from tests import factories as make

LEAD = Party("揭榜牵头单位", "江南大学堂", 7, ("林之远",))
WORLD = World(2023, {frozenset({1, 7}): "母子公司"}, {frozenset({2, 7}): "2025年，涂布合同"})


def someone(units=None, names=(), *bonds):
    return Profile("周专家", units or {}, frozenset(names), bonds)


@pytest.mark.parametrize(
    ("expert", "kind", "sentence"),
    [
        (
            someone({7: "江南大学堂"}),
            EdgeKind.SAME_UNIT,
            "与揭榜牵头单位“江南大学堂”同属一个单位",
        ),
        (
            someone(None, {"江南大学堂"}),
            EdgeKind.SAME_UNIT,
            "与揭榜牵头单位“江南大学堂”同属一个单位",
        ),
        (
            someone({1: "甲公司"}),
            EdgeKind.RELATED_UNIT,
            "所在单位“甲公司”与揭榜牵头单位“江南大学堂”是关联单位（母子公司）",
        ),
        (
            someone({2: "乙公司"}),
            EdgeKind.PAST_CONTRACT,
            "所在单位“乙公司”与揭榜牵头单位“江南大学堂”近年签有合同（2025年，涂布合同）",
        ),
        (
            someone(None, (), Bond(TieKind.COAUTHOR, None, "", "林之远", 2024)),
            EdgeKind.COAUTHOR,
            "2024年与揭榜牵头单位“江南大学堂”的林之远合作发表论文",
        ),
        (
            someone(None, (), Bond(TieKind.COINVENTOR, None, "", "林之远", None)),
            EdgeKind.COINVENTOR,
            "曾与揭榜牵头单位“江南大学堂”的林之远共同申请专利",
        ),
        (
            someone(None, (), Bond(TieKind.PAST_UNIT, 7, "", "", 2023)),
            EdgeKind.PAST_UNIT,
            "2023年在揭榜牵头单位“江南大学堂”任职",
        ),
        (
            someone(None, (), Bond(TieKind.DECLARED, None, "江南大学堂", "", 1999, "持有股份")),
            EdgeKind.DECLARED,
            "本人申报与揭榜牵头单位“江南大学堂”有利害关系：持有股份",
        ),
    ],
)
def test_each_kind_of_edge_names_the_party_and_the_tie(expert, kind, sentence):
    assert edges(expert, [LEAD], WORLD) == [Edge(kind, "江南大学堂", sentence)]


@pytest.mark.parametrize(
    "expert",
    [
        someone({9: "丙公司"}, {"丙公司"}),
        someone(None, (), Bond(TieKind.COAUTHOR, None, "", "林之远", 2022)),
        someone(None, (), Bond(TieKind.PAST_UNIT, 7, "", "", 2022)),
        someone(None, (), Bond(TieKind.COAUTHOR, None, "江南大学堂", "别人", 2025)),
    ],
)
def test_what_is_long_ago_or_of_others_is_no_edge(expert):
    assert edges(expert, [LEAD], WORLD) == []


def test_poster_lead_and_partner_of_every_solution_count(challenge, lead):
    partner = make.make_unit(name="东江精密公司")
    challenge.proposals.filter(lead=lead).update(partners="东江精密公司、别处研究院")
    experts = [
        make.make_pooled(unit=challenge.need.owner),
        make.make_pooled(unit=lead),
        make.make_pooled(unit=partner),
        make.make_pooled(unit_name="别处研究院"),
        make.make_pooled(),
    ]

    found = [[edge.party for edge in queries.conflicts(each, challenge)] for each in experts]

    assert found == [
        [challenge.need.owner.name],
        [lead.name],
        ["东江精密公司"],
        ["别处研究院"],
        [],
    ]


def test_a_contract_of_the_expert_s_unit_counts_for_the_call_s_years(challenge, lead, officer):
    contract = make.make_contract(state="running", signed_at=timezone.now())
    own = make.make_pooled(unit=contract.poster)
    type(contract).objects.filter(pk=contract.pk).update(solver=lead)

    assert [e.kind for e in queries.conflicts(own, challenge)] == [EdgeKind.PAST_CONTRACT]

    long_ago = timezone.now().replace(year=timezone.now().year - 5)
    type(contract).objects.filter(pk=contract.pk).update(signed_at=long_ago)
    assert queries.conflicts(own, challenge) == []

    services.set_rules(call=challenge.call, actor=officer, values={"cooling_years": 6})
    assert [e.kind for e in queries.conflicts(own, challenge)] == [EdgeKind.PAST_CONTRACT]


def test_conflicts_with_units_alone_can_be_asked_too(db):
    own, other = make.make_unit(), make.make_unit()
    expert = make.make_pooled(unit=own)

    assert [edge.party for edge in queries.conflicts(expert, [own, other])] == [own.name]


def test_a_membership_counts_though_the_profile_names_another_unit(challenge, lead):
    user = make.make_expert(unit=lead)

    expert = make.make_pooled(user=user, unit_name="别处研究院")

    assert [e.kind for e in queries.conflicts(expert, challenge)] == [EdgeKind.SAME_UNIT]


def test_related_units_are_noted_once_and_bar_who_sits_already(challenge, lead, officer):
    parent = make.make_unit()
    expert = make.make_pooled(unit=parent)
    seat = seats.invite(expert=expert, challenge=challenge, actor=officer)

    services.relate(one=lead, other=parent, actor=officer, basis="同一实际控制人")

    seat.refresh_from_db()
    assert seat.state == SeatState.BARRED
    assert RelatedUnits.objects.get().one_id == min(lead.pk, parent.pk)


@pytest.mark.parametrize("count", [3, 30])
def test_the_graph_of_a_whole_pool_takes_the_same_queries(
    challenge, count, django_assert_num_queries
):
    for _ in range(count):
        unit = make.make_unit()
        tie = {"kind": TieKind.PAST_UNIT, "unit": unit, "unit_name": unit.name, "year": 2026}
        make.make_pooled(user=make.make_expert(unit=unit), unit=unit, ties=[tie])

    with django_assert_num_queries(6):  # experts; fields; ties, their units; places, their units
        experts = list(queries.pool())
        profiles = [queries.profile_of(each) for each in experts]

    assert len(profiles) == count


def test_who_is_tied_to_the_poster_does_not_appraise_the_need_either(officer):
    need = make.make_need("appraisal")
    tied = make.make_pooled(ties=[{"kind": TieKind.DECLARED, "unit_name": need.owner.name}])
    free = make.make_pooled()

    with pytest.raises(RuleBroken) as refusal:
        screening.assign_appraisers(need=need, actor=officer, experts=[free.user, tied.user])

    why = f"{tied}本人申报与需求单位“{need.owner.name}”有利害关系，应当回避"
    assert (refusal.value.code, str(refusal.value)) == ("conflict_of_interest", why)
    assert (need.appraisals.count(), Entry.objects.count()) == (0, 0)
    offered = {each.expert: each.decision.code for each in candidates(need) if not each.free}
    assert offered == {tied.user: "conflict_of_interest"}
