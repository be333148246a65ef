"""One row changes: it alone is read and indexed, and stands where a rebuild would have it."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiebang.challenges.states import State as ChallengeState
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import corpus, engine, services, upkeep
from jiebang.recommendations.models import ASKS, Kind, Match, Run
from tests.factories import (
    make_achievement,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
)

pytestmark = pytest.mark.django_db
WORDS = (
    "固态电池", "硫化物电解质", "碳化硅外延", "激光雷达", "光学镜头", "高温合金", "热障涂层",
    "齿轮磨削", "导管挤出", "连续成膜", "界面阻抗", "自动装调", "在线检测", "粉末冶金", "图像识别",
    "路径规划",
)  # fmt: skip
HEADS = ("制备技术", "检测方法", "装备", "工艺", "系统")


def text(chance, least, most):
    return "".join(chance.choices(WORDS, k=chance.randint(least, most))) + chance.choice(HEADS)


def where(kind, row):
    """Return in which answers a row stands, at which place and with which score; nearest: 0."""
    rows = Match.objects.filter(run__object_kind=kind, object_id=row)
    found = {
        (subject, pk): (rank, round(score, 6))
        for subject, pk, rank, score in rows.values_list(
            "run__subject_kind", "run__subject_id", "rank", "score"
        )
    }
    for run in Run.objects.filter(object_kind=kind, nearest__object_id=row):
        found[run.subject_kind, run.subject_id] = (0, round(run.nearest["score"], 6))
    return found


def answers_of(kind, row):
    rows = Match.objects.filter(run__subject_kind=kind, run__subject_id=row)
    columns = ("run__object_kind", "object_id", "rank", "score")
    return [
        (*row[:3], round(row[3], 6)) for row in rows.order_by(*columns[:3]).values_list(*columns)
    ]


@pytest.fixture
def city():
    """Units with results, needs, challenges on the board: enough to have full top tens."""
    chance = random.Random(5)  # noqa: S311
    call, officer = make_call(), make_officer()
    units = [
        make_university(main_business=text(chance, 1, 2), intro=text(chance, 2, 4))
        for _ in range(4)
    ]
    for n in range(14):
        make_achievement(
            units[n % 4], title=text(chance, 1, 2), keywords=",".join(chance.sample(WORDS, 2)),
            summary=text(chance, 3, 6),
        )  # fmt: skip
    firms = [make_unit() for _ in range(3)]
    for n in range(6):
        need = make_need(
            NeedState.POSTED, owner=firms[n % 3], call=call, title=text(chance, 1, 2),
            keywords=",".join(chance.sample(WORDS, 2)), main_problem=text(chance, 3, 6),
            key_technology=text(chance, 2, 4), expected_goal=text(chance, 1, 3),
        )  # fmt: skip
        if n % 2:
            make_challenge(need=need, posted_by=officer)
    services.refresh_all()
    return chance


STEPS = ("edit", "hide", "show", "new")


def change_result(chance, how):
    rows = list(corpus.Achievement.objects.order_by("pk"))
    row = chance.choice(rows)
    match how:
        case "edit":
            row.title, row.summary = text(chance, 1, 2), text(chance, 3, 6)
        case "hide":
            row.on_offer = False
        case "show":
            row.on_offer = True
        case "new":
            row = make_achievement(row.owner, title=text(chance, 1, 2), summary=text(chance, 2, 5))
    row.save()
    return Kind.ACHIEVEMENT, row.pk


def change_challenge(chance, how):
    row = chance.choice(list(corpus.Challenge.objects.order_by("pk")))
    match how:
        case "edit":
            row.need.title, row.need.main_problem = text(chance, 1, 2), text(chance, 3, 6)
            row.need.save()
        case "hide":
            row.state = ChallengeState.WITHDRAWN
        case "show" | "new":
            row.state = ChallengeState.OPEN
    row.save()
    return Kind.CHALLENGE, row.pk


def change_unit(chance, how):
    row = chance.choice(list(corpus.Organization.objects.filter(kind="university").order_by("pk")))
    row.main_business, row.intro = text(chance, 1, 2), text(chance, 2, 4)
    row.state = "suspended" if how == "hide" else "verified"
    row.save()
    return Kind.ORGANIZATION, row.pk


@pytest.mark.parametrize("change_one", [change_result, change_challenge, change_unit])
def test_a_changed_row_stands_everywhere_as_a_rebuild_would_have_it(city, change_one):
    for how in STEPS:
        kind, row = change_one(city, how)

        upkeep.renew(kind, row)

        shelf = engine.current(kind)
        grown, own = where(kind, row), answers_of(kind, row)
        digests, fresh = dict(shelf.digests), dict(map(_digested, corpus.SOUGHT[kind].documents()))
        services.refresh_all(anew=True)
        assert digests == fresh
        assert grown == where(kind, row)
        assert own == answers_of(kind, row)


def _digested(pair):
    document, digest = pair
    return document.key, digest


def test_a_changed_need_is_matched_and_found_by_those_who_ask_the_same(city):
    need = make_need(NeedState.ENDORSED, title="热障涂层粉末冶金工艺")

    upkeep.renew(Kind.NEED, need.pk)

    assert [key for key in engine.current(Kind.NEED).digests if key.startswith(f"{need.pk}.")]
    own = answers_of(Kind.NEED, need.pk)
    services.refresh_all(anew=True)
    assert own == answers_of(Kind.NEED, need.pk)
    assert own


def test_only_whom_it_concerns_is_asked(city):
    answered = make_need(NeedState.ENDORSED, title="图像识别路径规划系统", main_problem="图像识别")
    services.refresh_all()
    row = make_achievement(title="图像识别路径规划系统", summary="图像识别与路径规划。")
    before = dict(Run.objects.values_list("pk", "made_at"))

    upkeep.renew(Kind.ACHIEVEMENT, row.pk)

    again = Run.objects.filter(subject_kind=Kind.NEED, object_kind=Kind.ACHIEVEMENT)
    asked = {run.subject_id for run in again if run.made_at != before[run.pk]}
    assert answered.pk in asked
    assert len(asked) < again.count()
    assert where(Kind.ACHIEVEMENT, row.pk)[Kind.NEED, answered.pk][0] == 1


def test_solutions_concern_their_challenge_alone():
    mine, other = make_challenge(ChallengeState.CLOSED), make_challenge(ChallengeState.CLOSED)
    bid = make_proposal(BidState.SUBMITTED, challenge=mine)
    make_proposal(BidState.SUBMITTED, challenge=other)

    assert upkeep.renew(Kind.PROPOSAL, mine.pk) == 1

    assert where(Kind.PROPOSAL, bid.pk).keys() == {(Kind.CHALLENGE, mine.pk)}


def test_without_an_index_all_is_built(solver):
    need = make_need(NeedState.ENDORSED)

    upkeep.renew(Kind.NEED, need.pk)

    assert answers_of(Kind.NEED, need.pk)
    assert {engine.current(kind) is None for kind in ASKS[Kind.NEED]} == {False}


def test_one_change_takes_as_many_queries_beside_few_rows_as_beside_many():
    unit = make_university(main_business="齿轮磨削", intro="齿轮磨削工艺。")
    row = make_achievement(unit, title="齿轮磨削装备", summary="齿轮磨削。", keywords="齿轮磨削")
    make_need(
        NeedState.ENDORSED, title="齿轮磨削难题", keywords="齿轮磨削", main_problem="齿轮磨削"
    )
    counted = []
    for count in (3, 30):
        for n in range(count):
            make_achievement(
                unit, title=f"医用导管第 {n} 号", summary="导管挤出。", keywords="导管"
            )
            make_need(
                NeedState.ENDORSED, title=f"碳化硅外延第 {n} 号", keywords="碳化硅",
                main_problem="碳化硅外延生长", key_technology="外延", expected_goal="外延",
            )  # fmt: skip
        services.refresh_all()
        row.title = f"齿轮磨削装备第 {count} 代"
        row.save()
        with CaptureQueriesContext(connection) as made:
            upkeep.renew(Kind.ACHIEVEMENT, row.pk)
        counted.append(len(made))

    assert counted[0] == counted[1]
