"""The bureau's words: tried before, applied while the old ones serve, and taken back."""

from dataclasses import replace

import pytest

from jiebang.common.errors import NotFound, RuleBroken
from jiebang.jobs.models import Job
from jiebang.lexicons import queries as lexicons
from jiebang.lexicons import services as desk
from jiebang.lexicons.states import Kind as Word
from jiebang.library.states import State as NeedState
from jiebang.recommendations import corpus, engine, rounds, services, tasks, trial, tuning
from jiebang.recommendations.following import follow
from jiebang.recommendations.models import OBJECTS, Kind, Match, Round, Run
from jiebang.recommendations.services import silent
from tests.factories import make_achievement, make_need, make_officer, make_university

pytestmark = pytest.mark.django_db


@pytest.fixture
def chips():
    """A need and two results, one of which says the same in another word."""
    unit = make_university()
    same = make_achievement(
        unit, title="神经形态处理器设计", keywords="", summary="神经形态处理器版图。"
    )
    other = make_achievement(unit, title="芯片封装夹具", keywords="", summary="封装芯片的夹具。")
    need = make_need(
        NeedState.IN_LIBRARY, title="类脑芯片", keywords="类脑芯片", main_problem="类脑芯片。",
        key_technology="类脑芯片。", expected_goal="", indicators=0,
    )  # fmt: skip
    services.refresh_all()
    return need, same, other


def synonym(officer):
    return desk.add(
        actor=officer,
        kind=Word.SYNONYM,
        word="神经形态处理器",
        canonical="类脑芯片",
        why="同物异名",
    )


def first(need):
    found = Match.objects.filter(run__subject_id=need.pk, run__object_kind=Kind.ACHIEVEMENT)
    return list(found.filter(rank=1).values_list("object_id", flat=True))


def apply(choice):
    return follow(tasks.reword(choice_id=choice.pk, progress=silent)["round"], silent)


def kept():
    columns = ("run__subject_kind", "run__subject_id", "run__object_kind", "rank", "object_id")
    rows = Match.objects.order_by(*columns[:4])
    return list(rows.values_list(*columns, "score", "grade", "reasons", "missing"))


def test_shards_apply_the_words_as_one_process_would(chips, settings):
    settings.MATCH_SHARD_ROWS = 1
    officer = make_officer()
    synonym(officer)
    held = apply(desk.publish(actor=officer, why="类脑芯片的说法"))
    versions = {kind: engine.current(kind).version for kind in OBJECTS}
    found = kept()
    assert (held.phase, held.shards.filter(phase="cut").count()) == ("done", 5)

    Run.objects.all().delete()
    services.refresh_all(anew=True)

    assert {kind: engine.current(kind).version for kind in OBJECTS} == versions
    again = kept()
    assert [row[:5] + row[6:7] for row in found] == [row[:5] + row[6:7] for row in again]
    assert [row[5] for row in found] == pytest.approx([row[5] for row in again], abs=1e-9)
    assert [row[8] for row in found] == [row[8] for row in again]


def test_a_round_that_takes_over_applies_the_words_too(chips):
    officer = make_officer()
    synonym(officer)
    choice = desk.publish(actor=officer, why="类脑芯片的说法")
    begun = tasks.reword(choice_id=choice.pk, progress=silent)["round"]

    night = rounds.start(actor=None)

    assert (night.anew, night.choice_id) == (True, choice.pk)
    assert follow(begun, silent).phase == "stopped"
    assert lexicons.in_effect() is None
    follow(night.pk, silent)
    assert lexicons.in_effect() == choice


def test_a_sentence_is_cut_by_the_draft_before_anybody_publishes_it():
    officer = make_officer()
    desk.add(actor=officer, kind=Word.TERM, word="存算一体架构", why="专有名词")
    desk.add(actor=officer, kind=Word.STOP, word="研究所有", why="套话")

    cut = trial.cut("存算一体架构研究所有")

    assert cut.differs
    assert "存算一体架构" not in cut.before
    assert cut.after == ("存算一体架构",)


def test_the_draft_shows_which_results_rise(chips):
    need, same, _ = chips
    synonym(make_officer())

    found = {row.pk: row for row in trial.rankings(need.pk)}

    assert (found[same.pk].before, found[same.pk].after) == (None, 1)
    assert found[same.pk].places == 10
    assert found[same.pk].score_after > found[same.pk].score_before
    assert engine.current(Kind.ACHIEVEMENT).words == ""


def test_without_a_change_nothing_moves(chips):
    need, _, _ = chips
    assert [row.places for row in trial.rankings(need.pk)] == [0] * len(trial.rankings(need.pk))


def test_a_result_by_one_ordinary_word_has_no_place_whatever_it_scores(monkeypatch):
    unit = make_university()
    empty = {"keywords": "", "summary": ""}
    window = make_achievement(unit, title="窗口玻璃辐射测量", **empty)
    glass = make_achievement(unit, title="可折叠玻璃盖板", **empty)
    need = make_need(
        NeedState.IN_LIBRARY, title="柔性显示玻璃", keywords="", key_technology="",
        main_problem="用于可折叠手机的盖板。", expected_goal="", indicators=0,
    )  # fmt: skip
    services.refresh_all()
    low = replace(tuning.BUILT_IN, floor=0.01)
    monkeypatch.setattr(tuning, "current", lambda: low)

    assert [(row.pk, row.before, row.after) for row in trial.rankings(need.pk)] == [
        (glass.pk, 1, 1)
    ]
    index = engine.current(Kind.ACHIEVEMENT).index
    query = next(corpus.SUBJECTS[Kind.NEED].items([need.pk])).documents[0]
    assert index.explain(query, f"{window.pk}.0").score > low.floor


def test_a_need_that_takes_no_part_has_no_rankings(chips):
    with pytest.raises(NotFound):
        trial.rankings(make_need(NeedState.DRAFT).pk)


def test_before_there_is_an_index_there_are_no_rankings():
    with pytest.raises(RuleBroken):
        trial.rankings(make_need(NeedState.IN_LIBRARY).pk)


def test_the_old_words_serve_until_all_is_indexed_by_the_new_ones(chips):
    need, same, _ = chips
    officer = make_officer()
    synonym(officer)
    before = engine.current(Kind.ACHIEVEMENT).version

    choice = desk.publish(actor=officer, why="类脑芯片的说法")
    assert (engine.current(Kind.ACHIEVEMENT).version, lexicons.in_effect()) == (before, None)

    begun = tasks.reword(choice_id=choice.pk, progress=silent)["round"]
    assert tasks.reword(choice_id=choice.pk, progress=silent)["round"] == begun
    shards = list(Round.objects.get(pk=begun).shards.order_by("pk"))
    assert {shard.phase for shard in shards} == {"cut"}
    rounds.work(shards[0].pk, silent)
    assert (engine.current(Kind.ACHIEVEMENT).version, lexicons.in_effect()) == (before, None)
    follow(begun, silent)

    shelf = engine.current(Kind.ACHIEVEMENT)
    assert (shelf.words, lexicons.in_effect()) == (choice.version.digest, choice)
    assert first(need) == [same.pk]
    engine._opened.clear()  # another process reads it from disk, by the same words
    assert engine.current(Kind.ACHIEVEMENT).index.fingerprint == shelf.index.fingerprint


def test_going_back_brings_the_old_order_back(chips):
    need, _, _ = chips
    officer = make_officer()
    before = (first(need), engine.current(Kind.ACHIEVEMENT).version)
    synonym(officer)
    for choice in (
        desk.publish(actor=officer, why="类脑芯片的说法"),
        desk.go_back(actor=officer, number=0, why="误伤"),
    ):
        apply(choice)

    assert (first(need), engine.current(Kind.ACHIEVEMENT).version) == before


def test_a_choice_is_one_job_of_the_person_who_made_it():
    officer = make_officer()
    synonym(officer)
    choice = desk.publish(actor=officer, why="类脑芯片的说法")

    job = Job.objects.get(name="recommendations.reword")

    assert (job.owner, job.args) == (officer, {"choice_id": choice.pk})
