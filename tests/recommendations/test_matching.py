"""Keeping the answers in step: both ways, each once, never with one's own, newest wins."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges.states import State as ChallengeState
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State as ProposalState
from jiebang.recommendations import answers, services
from jiebang.recommendations.models import Kind, Match, Run
from tests.factories import (
    make_achievement,
    make_challenge,
    make_need,
    make_proposal,
    make_unit,
    make_university,
)
from tests.recommendations.conftest import OPTICS

pytestmark = pytest.mark.django_db


def found(subject_kind, subject, object_kind):
    """Return the keys of what is kept as matching, best first."""
    which = {"run__subject_kind": subject_kind, "run__object_kind": object_kind}
    rows = Match.objects.filter(**which, run__subject_id=subject.pk).order_by("rank")
    return list(rows.values_list("object_id", flat=True))


def test_a_need_finds_the_results_and_units_that_could_answer_it(solver):
    answer = solver.achievements.get(title__startswith="硫化物")
    need = make_need(NeedState.ENDORSED)

    assert services.match_subject(Kind.NEED, need.pk) == 2

    assert found(Kind.NEED, need, Kind.ACHIEVEMENT) == [answer.pk]
    assert found(Kind.NEED, need, Kind.ORGANIZATION) == [solver.pk]


def test_a_unit_is_found_once_by_what_it_offers_best(solver):
    for n in range(12):
        make_achievement(solver, title=f"固态电池电解质第 {n} 种装备", keywords="固态电池")
    other = make_university(main_business="固态电池", intro="从事固态电池界面研究。")
    need = make_need(NeedState.ENDORSED)

    services.match_subject(Kind.NEED, need.pk)

    assert sorted(found(Kind.NEED, need, Kind.ORGANIZATION)) == [solver.pk, other.pk]
    of_unit = Match.objects.get(run__object_kind=Kind.ORGANIZATION, object_id=solver.pk)
    of_results = Match.objects.filter(run__object_kind=Kind.ACHIEVEMENT, rank=1).get()
    assert of_unit.score == pytest.approx(of_results.score, rel=0.2)


def test_a_unit_asks_with_everything_it_offers():
    unit = make_university(main_business="光学", intro="从事激光雷达研究。")
    make_achievement(unit, keywords="固态电池,硫化物电解质")
    lidar = make_need(NeedState.POSTED, title="激光雷达镜头装调", keywords="激光雷达,镜头")
    challenges = [make_challenge(), make_challenge(need=lidar)]

    services.match_subject(Kind.ORGANIZATION, unit.pk)

    keys = sorted(challenge.pk for challenge in challenges)
    assert sorted(found(Kind.ORGANIZATION, unit, Kind.CHALLENGE)) == keys


def test_a_unit_that_says_nothing_finds_nothing():
    unit = make_university()
    make_challenge()

    assert services.match_subject(Kind.ORGANIZATION, unit.pk) == 0

    run = Run.objects.get(subject_kind=Kind.ORGANIZATION)
    assert (run.missing, run.nearest) == ([], None)


def test_what_is_kept_of_a_match_adds_up(solver):
    need = make_need(NeedState.ENDORSED)
    services.match_subject(Kind.NEED, need.pk)

    match = Match.objects.get(run__object_kind=Kind.ACHIEVEMENT)

    assert sum(reason["share"] for reason in match.reasons) == pytest.approx(match.score, abs=1e-12)
    assert match.rank == 1
    assert (match.indicators_covered, match.indicators_asked) == (0, 1)
    assert match.run.engine.startswith("tfidf")


def test_where_nothing_is_good_enough_the_nearest_is_kept_and_what_nobody_mentions(solver):
    solver.achievements.filter(title__startswith="硫化物").delete()
    need = make_need(NeedState.ENDORSED)

    services.match_subject(Kind.NEED, need.pk)

    run = Run.objects.get(object_kind=Kind.ACHIEVEMENT)
    assert list(run.matches.all()) == []
    assert run.nearest["object_id"] == solver.achievements.get().pk
    assert run.missing[:3] == ["固态电池", "电解质", "硫化物电解质"]


def test_a_unit_never_meets_its_own_things():
    firm = make_unit(main_business="固态电池电解质制备")
    make_achievement(firm, keywords="固态电池,硫化物电解质")
    need = make_need(NeedState.POSTED, owner=firm)
    make_challenge(need=need)

    services.refresh_all()

    assert Run.objects.count() == 4
    assert list(Match.objects.all()) == []
    assert [run.nearest for run in Run.objects.all()] == [None] * 4


def test_a_unit_and_its_results_find_the_open_challenges(solver):
    challenge = make_challenge()
    answer = solver.achievements.get(title__startswith="硫化物")
    other = solver.achievements.exclude(pk=answer.pk).get()

    services.refresh_all()

    assert found(Kind.ORGANIZATION, solver, Kind.CHALLENGE) == [challenge.pk]
    assert found(Kind.ACHIEVEMENT, answer, Kind.CHALLENGE) == [challenge.pk]
    assert found(Kind.ACHIEVEMENT, other, Kind.CHALLENGE) == []


def test_a_challenge_finds_its_own_opened_solutions_and_no_others():
    mine, other = make_challenge(ChallengeState.CLOSED), make_challenge(ChallengeState.CLOSED)
    vague = make_proposal(ProposalState.SUBMITTED, challenge=mine, technical_route="再议。")
    good = make_proposal(ProposalState.SUBMITTED, challenge=mine)
    make_proposal(ProposalState.SUBMITTED, challenge=other)

    services.refresh_all()

    assert found(Kind.CHALLENGE, mine, Kind.PROPOSAL) == [good.pk, vague.pk]


def test_matching_twice_writes_the_same_once(solver):
    need = make_need(NeedState.ENDORSED)
    services.match_subject(Kind.NEED, need.pk)
    columns = ("run__object_kind", "object_id", "rank", "score", "reasons", "missing")
    first = list(Match.objects.order_by("run__object_kind").values_list(*columns))

    services.match_subject(Kind.NEED, need.pk)

    assert list(Match.objects.order_by("run__object_kind").values_list(*columns)) == first
    assert Run.objects.count() == 2


def test_a_need_that_was_withdrawn_loses_its_matches(solver):
    need = make_need(NeedState.ENDORSED)
    services.match_subject(Kind.NEED, need.pk)
    type(need).objects.update(state=NeedState.WITHDRAWN)

    assert services.match_subject(Kind.NEED, need.pk) == 0
    assert (Run.objects.count(), Match.objects.count()) == (0, 0)


def test_a_challenge_that_closed_drops_out_of_the_matches(solver):
    challenge = make_challenge()
    services.refresh_all()
    assert found(Kind.ORGANIZATION, solver, Kind.CHALLENGE) == [challenge.pk]

    type(challenge).objects.update(state=ChallengeState.CLOSED)
    services.refresh(Kind.CHALLENGE)

    assert found(Kind.ORGANIZATION, solver, Kind.CHALLENGE) == []


def test_a_new_result_is_found_by_the_needs_that_were_there_before():
    need = make_need(NeedState.ENDORSED)
    make_achievement(**OPTICS)
    services.refresh_all()
    assert found(Kind.NEED, need, Kind.ACHIEVEMENT) == []

    answer = make_achievement(keywords="固态电池,硫化物电解质")
    services.refresh(Kind.ACHIEVEMENT)

    assert found(Kind.NEED, need, Kind.ACHIEVEMENT) == [answer.pk]


def test_a_row_that_takes_part_no_longer_is_forgotten_by_the_next_check(solver):
    make_need(NeedState.ENDORSED)
    make_challenge()
    services.refresh_all()
    type(solver).objects.filter(pk=solver.pk).update(state="suspended")

    services.refresh_all()

    left = Run.objects.filter(subject_kind=Kind.ORGANIZATION, subject_id=solver.pk)
    assert not left.exists()
    assert not Match.objects.filter(
        run__object_kind=Kind.ORGANIZATION, object_id=solver.pk
    ).exists()


def test_what_was_asked_of_this_index_with_this_text_is_not_asked_again(solver):
    needs = [make_need(NeedState.ENDORSED) for _ in range(3)]
    services.refresh_all()

    assert services.refresh_all() == 0
    type(needs[0]).objects.filter(pk=needs[0].pk).update(main_problem="另一个难题，与电池无关。")
    assert services.refresh(Kind.NEED) == 2  # one need, asked of results and of units
    assert services.refresh_all(anew=True) == Run.objects.count()


def test_work_that_was_interrupted_goes_on_where_it_stopped(solver, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 1)
    for _ in range(4):
        make_need(NeedState.ENDORSED)
    services.refresh_index(Kind.ACHIEVEMENT)

    def stop_after_two(done, total, message=""):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.refresh(Kind.NEED, stop_after_two)
    assert Run.objects.count() == 2

    assert services.refresh(Kind.NEED) == 4 * 2 - 2


def test_an_answer_read_earlier_does_not_replace_one_read_later(solver):
    need = make_need(NeedState.ENDORSED)
    earlier = timezone.now()
    services.match_subject(Kind.NEED, need.pk)
    before = list(Run.objects.order_by("pk").values()), list(Match.objects.values())
    item = next(services.corpus.SUBJECTS[Kind.NEED].items([need.pk]))
    shelf = services.shelf_of(Kind.ACHIEVEMENT)
    late = answers.ask(Kind.NEED, Kind.ACHIEVEMENT, shelf, [item])

    answers.keep(Kind.NEED, Kind.ACHIEVEMENT, shelf, late, earlier)
    assert (list(Run.objects.order_by("pk").values()), list(Match.objects.values())) == before

    answers.keep(Kind.NEED, Kind.ACHIEVEMENT, shelf, late, timezone.now() + timedelta(seconds=1))
    assert Run.objects.filter(made_at__gt=timezone.now()).count() == 1


def test_progress_is_told_in_plain_words(solver):
    for _ in range(3):
        make_need(NeedState.ENDORSED)
    told = []
    services.refresh(
        Kind.ACHIEVEMENT, lambda done, total, message="": told.append((done, total, message))
    )

    assert told == [
        (0, 0, "正在整理成果"),
        (3, 5, "已匹配 3／3 条需求"),
        (5, 5, "已匹配 2／2 项成果"),
    ]


def test_asking_takes_the_same_number_of_queries_for_one_need_and_for_three(
    django_assert_num_queries,
):
    make_university()
    services.refresh_all()
    for _ in range(3):
        make_achievement(keywords="固态电池,硫化物电解质")
    shelf = services.refresh_index(Kind.ACHIEVEMENT)
    for count in (1, 3):
        needs = [make_need(NeedState.ENDORSED) for _ in range(count)]
        items = list(services.corpus.SUBJECTS[Kind.NEED].items([need.pk for need in needs]))
        with django_assert_num_queries(1):
            said = answers.ask(Kind.NEED, Kind.ACHIEVEMENT, shelf, items)
        with django_assert_num_queries(8):
            answers.keep(Kind.NEED, Kind.ACHIEVEMENT, shelf, said, timezone.now())
