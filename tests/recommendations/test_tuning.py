"""Refitting: asked for, reckoned with figures, applied and undone by people, kept in the record."""

import pytest
from django.urls import reverse

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.common.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, Stale
from jiebang.jobs.models import Job
from jiebang.jobs.registry import HANDLERS
from jiebang.library.states import State as NeedState
from jiebang.recommendations import fitting, judged, queries, refits, services, tasks, tuning
from jiebang.recommendations.models import (
    Feedback,
    Fit,
    Kind,
    Match,
    MatchSettings,
    Round,
    Run,
    SettingsChoice,
)
from tests.factories import make_achievement, make_approver, make_need, make_officer, make_user

pytestmark = pytest.mark.django_db
assert tasks  # registers the jobs
SUBJECTS = (
    "固态电池电解质",
    "碳化硅外延生长",
    "激光雷达镜头",
    "高温合金涂层",
    "医用导管挤出",
    "齿轮磨削",
)


@pytest.fixture
def officer():
    return make_officer()


@pytest.fixture
def judgements():
    """Six needs, each with a result that answers it and is called so, and others called useless."""
    results = [
        make_achievement(title=f"{name}成套技术", summary=f"用于{name}的方法。", keywords=name)
        for name in SUBJECTS
    ]
    voice = make_user()
    for n, name in enumerate(SUBJECTS):
        need = make_need(
            NeedState.IN_LIBRARY, title=f"{name}难题", keywords=name,
            expected_goal=f"解决{name}", main_problem=f"{name}不稳定，成品率低。",
            key_technology=name,
        )  # fmt: skip
        for other in (n, (n + 1) % 6, (n + 2) % 6, (n + 3) % 6):
            Feedback.objects.create(
                subject_kind=Kind.NEED, subject_id=need.pk, object_kind=Kind.ACHIEVEMENT,
                object_id=results[other].pk, user=voice, useful=other == n,
            )  # fmt: skip
    services.refresh_all()


def quiet(*_):
    """No progress."""


def fitted(officer):
    job = refits.request(actor=officer)
    HANDLERS[job.name](**job.args, progress=quiet)
    return Fit.objects.get(pk=job.args["fit_id"])


def test_figures_come_with_what_is_suggested(judgements, officer):
    fit = fitted(officer)

    assert (fit.base, fit.pairs) == (0, 24)
    assert fit.before["ndcg@10"] == fit.after["ndcg@10"] == 1.0
    assert (fit.before["queries"], fit.before["pairs"], fit.after["pairs"]) == (6, 24, 24)
    assert fit.before["above"] + fit.before["below"] == 24
    assert 0 < fit.after["grade"] <= 1
    values = tuning.Values.of(1, 1, fit.values)
    assert values.floor <= values.fair <= values.strong
    assert sum(values.shares.values()) == pytest.approx(1, abs=1e-3)
    assert tuning.current() == tuning.BUILT_IN


def test_only_needs_that_were_left_out_are_measured_after(judgements, officer, monkeypatch):
    learned, measured = [], []
    learn, measure = fitting._learned, fitting._figures

    def note_learned(base, asked):
        learned.append({each.need for each in asked})
        return learn(base, asked)

    def note_measured(rows):
        measured.append([each.need for _, each in rows])
        return measure(rows)

    monkeypatch.setattr(fitting, "_learned", note_learned)
    monkeypatch.setattr(fitting, "_figures", note_measured)
    fitting.fit(tuning.BUILT_IN, quiet)

    everything = set(measured[0])
    left_out = [everything - fold for fold in learned[:-1]]
    assert sorted(need for fold in left_out for need in fold) == sorted(everything)
    assert sorted(measured[1]) == sorted(everything)


def test_the_scores_of_shares_are_those_of_the_engine(judgements):
    asked = list(fitting._asked(judged.pairs(), quiet))
    for each in asked:
        found = dict(zip(each.rows, each.scores(tuning.BUILT_IN.shares), strict=True))
        kept = Match.objects.filter(
            run__subject_id=each.need, run__subject_kind="need", run__object_kind="achievement"
        )
        for match in kept:
            assert found[match.object_id] == pytest.approx(match.score, abs=1e-6)


def test_too_few_pairs_are_refused_and_nothing_is_queued(officer, solver):
    with pytest.raises(RuleBroken) as refusal:
        refits.request(actor=officer)

    assert (refusal.value.code, Fit.objects.count(), Job.objects.count()) == ("pairs_too_few", 0, 0)
    assert "有用" in str(refusal.value)


def test_applying_makes_a_version_that_matches_are_made_with(judgements, officer):
    fit = fitted(officer)
    refits.apply(actor=officer, fit=fit, why="本市判定")
    version = MatchSettings.objects.get()

    assert (version.number, version.values, version.made_by) == (1, fit.values, officer)
    assert Round.objects.filter(ended_at=None).count() == 1
    services.refresh_all()
    assert set(Run.objects.values_list("settings__number", flat=True)) == {1}
    values = tuning.current()
    for match in Match.objects.all():
        assert match.grade == values.grade(match.score)
        assert match.score >= values.floor
        shares = [reason["share"] for reason in match.reasons]
        assert sum(shares) == pytest.approx(match.score, abs=1e-9)


def test_going_back_lets_the_built_in_one_count_again(judgements, officer):
    before = list(Match.objects.order_by("run", "rank").values_list("object_id", "score", "grade"))
    refits.apply(actor=officer, fit=fitted(officer), why="本市判定")
    services.refresh_all()
    refits.go_back(actor=officer, number=0, why="名次不如从前")
    services.refresh_all()

    after = list(Match.objects.order_by("run", "rank").values_list("object_id", "score", "grade"))
    assert (after, tuning.current()) == (before, tuning.BUILT_IN)
    assert set(Run.objects.values_list("settings", flat=True)) == {None}
    labels = Entry.objects.order_by("pk").values_list("label", "actor_name", "note")
    assert [row for row in labels if "口径" in row[0]] == [
        ("测算匹配口径", officer.display_name, ""),
        ("启用匹配口径", officer.display_name, "本市判定"),
        ("退回匹配口径", officer.display_name, "内置口径：名次不如从前"),
    ]


@pytest.mark.parametrize(
    "role", [None, PlatformRole.APPROVER, PlatformRole.AUDITOR, PlatformRole.EXPERT]
)
def test_only_officers_refit_apply_and_undo(judgements, officer, role):
    fit = fitted(officer)
    other = make_user(*([role] if role else []))
    for act in (
        lambda: refits.request(actor=other),
        lambda: refits.apply(actor=other, fit=fit, why="x"),
        lambda: refits.go_back(actor=other, number=0, why="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert (SettingsChoice.objects.count(), Fit.objects.count()) == (0, 1)


def test_what_cannot_be_applied(judgements, officer):
    unfinished = Fit.objects.create(asked_by=officer)
    fit, older = fitted(officer), fitted(officer)
    with pytest.raises(RuleBroken, match="还没有完成"):
        refits.apply(actor=officer, fit=unfinished, why="x")
    with pytest.raises(Invalid):
        refits.apply(actor=officer, fit=fit, why=" ")
    refits.apply(actor=officer, fit=fit, why="x")
    with pytest.raises(Stale):
        refits.apply(actor=officer, fit=older, why="x")
    refits.go_back(actor=officer, number=0, why="x")
    with pytest.raises(Conflict):
        refits.apply(actor=officer, fit=fit, why="x")
    with pytest.raises(RuleBroken):
        refits.go_back(actor=officer, number=0, why="x")
    with pytest.raises(NotFound):
        refits.go_back(actor=officer, number=7, why="x")

    assert (MatchSettings.objects.count(), SettingsChoice.objects.count()) == (1, 2)


def test_a_reckoning_that_is_repeated_stays_as_it_is(judgements, officer):
    fit = fitted(officer)
    Feedback.objects.all().delete()

    assert refits.reckon(fit_id=fit.pk, progress=quiet).before == fit.before


def test_the_page_shows_figures_and_applies(client, judgements, officer):
    client.force_login(officer)
    page = client.get(reverse("web:match-settings")).content.decode()
    assert "还没有测算过" in page
    client.post(reverse("web:match-settings-fit"))
    job = Job.objects.get(name=refits.FIT)
    assert job.title in client.get(reverse("web:match-settings")).content.decode()
    HANDLERS[job.name](**job.args, progress=quiet)

    page = client.get(reverse("web:match-settings")).content.decode()
    assert "前十名排序质量" in page
    fit = Fit.objects.get()
    refused = client.post(reverse("web:match-settings-apply", args=[fit.pk]), {"why": ""})
    assert (refused.status_code, MatchSettings.objects.count()) == (422, 0)
    client.post(reverse("web:match-settings-apply", args=[fit.pk]), {"why": "本市判定"})
    page = client.get(reverse("web:match-settings")).content.decode()
    assert "正在使用：第 1 版" in page
    client.post(reverse("web:match-settings-back", args=[0]), {"why": "试过不好"})
    assert "正在使用：内置口径" in client.get(reverse("web:match-settings")).content.decode()
    approver = make_approver()
    client.force_login(approver)
    page = client.get(reverse("web:match-settings")).content.decode()
    assert "重新测算" not in page


def test_the_interface_tells_and_does_the_same(client_for, judgements, officer):
    client, place = client_for(officer), "/api/v1/match-settings/"
    assert client.get(f"{place}current/").json()["number"] == 0
    job = client.post(f"{place}fits/")
    assert job.status_code == 202
    held = Job.objects.get(pk=job.json()["id"])
    HANDLERS[held.name](**held.args, progress=quiet)
    (fit,) = client.get(f"{place}fits/").json()["results"]
    assert fit["before"]["ndcg@10"] == 1.0
    made = client.post(place, {"fit": fit["id"], "why": "本市判定"})
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert client.get(f"{place}current/").json()["number"] == 1
    assert client.get(place).json()["results"][0]["why"] == "本市判定"
    assert client.post(f"{place}back/", {"number": 0, "why": "退回"}).json()["number"] == 0
    assert client_for(make_user()).get(f"{place}current/").status_code == 403


def test_cards_say_how_often_such_a_score_was_called_close(judgements, officer):
    need = Run.objects.filter(subject_kind="need", object_kind="achievement").first().subject_id
    thing = queries.visible_to(officer, Kind.NEED).get(pk=need)
    (card, *_) = queries.run_for(officer, Kind.NEED, thing, Kind.ACHIEVEMENT).matches

    assert card.chance_percent == round(100 * tuning.BUILT_IN.chance(card.score))
