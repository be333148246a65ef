"""Why two things match: the same terms in both texts, their shares, and what is not mentioned."""

from dataclasses import replace

import pytest

from jiebang.common.errors import NotAllowed, NotFound
from jiebang.jobs.models import Job
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, queries, services
from jiebang.recommendations.comparison import compare
from jiebang.recommendations.models import Kind, Match
from matching import Index
from tests.factories import make_challenge, make_need, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(solver):
    need = make_need(NeedState.POSTED, trl_target=8)
    answer = solver.achievements.get(title__startswith="硫化物")
    return {
        "subject_kind": Kind.NEED,
        "subject_id": need.pk,
        "object_kind": Kind.ACHIEVEMENT,
        "object_id": answer.pk,
    }


def marked(side, terms):
    """Return the terms that are marked in a side's texts, as they stand there."""
    return {
        (terms[number].term, part.text[start:end])
        for part in side.parts
        for start, end, number in part.spans
    }


def test_both_texts_are_marked_with_the_terms_that_made_the_score(pair):
    services.refresh_all()
    officer = make_officer()

    why = compare(actor=officer, **pair)

    match = Match.objects.get(run__subject_kind=Kind.NEED, run__object_kind=Kind.ACHIEVEMENT)
    assert why.score == pytest.approx(match.score, abs=1e-12)
    (card,) = queries.run_for(
        officer, Kind.NEED, queries.find_pair(officer, *pair.values())[0], Kind.ACHIEVEMENT
    ).matches
    assert why.terms[:4] == card.chips
    assert (why.grade_label, why.trl_now, why.trl_target) == ("强相关", 6, 8)
    left, right = marked(why.left, why.terms), marked(why.right, why.terms)
    assert ("固态电池", "固态电池") in left & right
    assert [part.label for part in why.right.parts] == ["成果名称", "关键词", "成果简介"]
    assert (why.left.title, why.right.who) == ("高比能固态电池电解质制备技术", card.who)


def test_every_mark_lies_within_its_text_and_none_overlaps_another(pair):
    services.refresh_all()

    why = compare(actor=make_officer(), **pair)

    for part in (*why.left.parts, *why.right.parts):
        ends = [0, *(end for _, end, _ in part.spans)]
        starts = [start for start, _, _ in part.spans]
        assert all(end <= start for end, start in zip(ends, starts, strict=False))
        assert ends[-1] <= len(part.text)


def test_a_unit_is_compared_by_the_text_that_fits_best(pair, solver):
    type(solver).objects.filter(pk=solver.pk).update(main_business="光学工程", intro="")
    services.refresh_all()

    why = compare(
        actor=make_officer(), **pair | {"object_kind": Kind.ORGANIZATION, "object_id": solver.pk}
    )

    kept = Match.objects.get(run__subject_kind=Kind.NEED, run__object_kind=Kind.ORGANIZATION)
    assert why.score == pytest.approx(kept.score, abs=1e-12)
    assert [(part.label, part.text[:6]) for part in why.right.parts] == [
        ("主营业务", "光学工程"),
        ("成果名称", "硫化物固态电"),
        ("关键词", "固态电池，硫"),
        ("成果简介", "面向固态电池"),
    ]


def test_a_unit_that_says_nothing_cannot_be_compared(pair):
    unit = make_unit()

    with pytest.raises(NotFound, match="没有填写可供匹配的文字"):
        compare(
            actor=make_officer(),
            **pair | {"object_kind": Kind.ORGANIZATION, "object_id": unit.pk},
        )


def test_a_pair_far_below_the_floor_can_be_compared_too(pair, solver):
    services.refresh_all()
    other = solver.achievements.get(title__startswith="激光").pk

    why = compare(actor=make_officer(), **{**pair, "object_id": other})

    assert why.score < 0.15
    assert why.grade_label == "弱"


def test_without_an_index_it_is_compared_alone_and_an_index_is_asked_for(pair):
    why = compare(actor=make_officer(), **pair)

    assert why.score > 0.15
    assert Job.objects.get().key == "recommendations.refresh:achievement"


def test_the_need_stands_for_its_challenge(pair):
    need_id = pair["subject_id"]
    challenge = make_challenge(need=queries.TechNeed.objects.get(pk=need_id))
    services.refresh_all()
    officer = make_officer()

    of_challenge = {**pair, "subject_kind": Kind.CHALLENGE, "subject_id": challenge.pk}
    assert compare(actor=officer, **of_challenge) == compare(actor=officer, **pair)


def test_of_a_need_for_matched_parties_only_the_public_part_is_shown(solver):
    challenge = make_challenge(need=make_need(NeedState.POSTED, secrecy="matched"))
    services.refresh_all()

    why = compare(
        actor=make_user(unit=solver),
        subject_kind=Kind.ORGANIZATION,
        subject_id=solver.pk,
        object_kind=Kind.CHALLENGE,
        object_id=challenge.pk,
    )

    assert [part.label for part in why.right.parts] == ["需求名称", "关键词"]


@pytest.mark.parametrize(
    ("who", "other", "refusal"),
    [
        (lambda: make_user(unit=make_unit()), {}, NotFound),
        (lambda: None, {}, NotFound),
        (make_officer, {"object_id": 10**6}, NotFound),
        (make_officer, {"object_kind": Kind.NEED}, NotFound),
    ],
)
def test_who_may_not_see_both_may_not_compare_them(pair, who, other, refusal):
    with pytest.raises(refusal):
        compare(actor=who(), **{**pair, **other})


def test_another_units_matches_are_not_to_be_compared(solver):
    challenge = make_challenge()
    with pytest.raises(NotAllowed):
        compare(
            actor=make_user(unit=make_unit()),
            subject_kind=Kind.ORGANIZATION,
            subject_id=solver.pk,
            object_kind=Kind.CHALLENGE,
            object_id=challenge.pk,
        )


def test_what_takes_part_no_longer_is_refused_with_the_reason(pair):
    need = queries.TechNeed.objects.get(pk=pair["subject_id"])
    type(need).objects.update(state=NeedState.WITHDRAWN)

    with pytest.raises(NotFound, match="不参与匹配"):
        compare(actor=make_user(unit=need.owner), **pair)


@pytest.mark.parametrize("harm", ["unreadable", "half"])
def test_an_older_index_still_lets_people_see_why(pair, harm, monkeypatch):
    services.refresh_all()
    before = compare(actor=make_officer(), **pair)
    shelf = engine.current(Kind.ACHIEVEMENT)
    if harm == "unreadable":
        (parts,) = (engine._folder(Kind.ACHIEVEMENT) / shelf.version).glob("index")
        for file in parts.iterdir():
            file.write_bytes(b"\0")
        engine._opened.clear()
    else:  # it lists the result, but its vectors do not hold it
        held = Index.build([])
        monkeypatch.setattr(engine, "current", lambda kind: replace(shelf, index=held))

    why = compare(actor=make_officer(username="经办二"), **pair)

    assert {chip.term for chip in why.terms} == {chip.term for chip in before.terms}
    assert sum(part["share"] for part in why.reasons) == pytest.approx(why.score, abs=1e-9)
