"""Story S5 over the interface: conflicts, draw, assignment; every refusal with its code."""

import pytest

from jiebang.audit.models import Entry
from jiebang.awards.models import Review
from jiebang.awards.states import Advice
from jiebang.challenges.states import State as ChallengeState
from jiebang.experts import draws, lottery
from jiebang.experts.models import Draw, Expert, Seat, Waiver
from jiebang.proposals.states import State as ProposalState
from tests import factories as make
from tests.experts.steps import signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge():
    closed = make.make_challenge(ChallengeState.CLOSED)
    for _ in range(2):
        make.make_proposal(ProposalState.SUBMITTED, challenge=closed)
    return closed


@pytest.fixture
def lead(challenge):
    return challenge.proposals.order_by("pk").first().lead


@pytest.fixture
def bureau(client_for):
    return client_for(make.make_officer())


def counts():
    return [kind.objects.count() for kind in (Draw, Seat, Waiver, Expert, Entry)]


def refused(answer, status, code, before):
    assert (answer.status_code, answer.json()["code"], counts()) == (status, code, before)
    return answer.json()


def post(client, path, **body):
    return client.post(f"/api/v1/{path}", body)


def test_draw_conflict_exception_load_and_replacement(challenge, lead, bureau, client_for):
    owner_s, lead_s = (make.make_pooled(unit=u) for u in (challenge.need.owner, lead))
    coauthor = make.make_pooled(ties=[{"kind": "coauthor", "person": "林之远", "year": 2026}])
    for _ in range(6):
        make.make_pooled()

    # three experts, drawn; who was excluded and by which edge; the same seed, the same draw
    drawn = post(
        bureau, "draws/", challenge=challenge.pk, quotas=[{"field": "", "count": 3}]
    ).json()
    left_out = bureau.get(f"/api/v1/draws/{drawn['id']}/exclusions/").json()["results"]
    assert {row["number"] for row in left_out} == {
        expert.number for expert in (owner_s, lead_s, coauthor)
    }
    public = client_for().get(f"/api/v1/draws/{drawn['id']}/").json()
    assert public == drawn
    again = lottery.draw(public["seed"], public["pool"], public["quotas"], 1)
    assert (again, len(again)) == (drawn["drawn"], 3)

    # a conflicted expert by hand: refused by the name of the edge; two officers make an exception
    wanted = {"challenge": challenge.pk, "expert": lead_s.pk}
    before = counts()
    said = refused(post(bureau, "seats/", **wanted), 422, "conflict_of_interest", before)
    assert said["fields"] == {"expert": [f"与揭榜牵头单位“{lead.name}”同属一个单位"]}
    waiver = post(bureau, "waivers/", reason="国内仅此一家", **wanted).json()
    decide = f"waivers/{waiver['id']}/moves/"
    before = counts()
    refused(post(bureau, decide, action="approve"), 403, "second_officer", before)
    second = client_for(make.make_officer())
    assert post(second, decide, action="approve").json()["state"] == "approved"
    assert Seat.objects.filter(expert=lead_s, state="invited").count() == 1

    # over the load
    rules = f"/api/v1/calls/{challenge.call_id}/panel-rules/"
    assert bureau.patch(rules, {"load_most": 1}).json()["load_most"] == 1
    free = Expert.objects.exclude(seats__challenge=challenge).exclude(
        pk__in=[owner_s.pk, coauthor.pk]
    )
    before = counts()
    one = free.first()
    refused(post(bureau, "seats/", challenge=challenge.pk, expert=one.pk), 422, "over_load", before)
    assert bureau.patch(rules, {"load_most": 9}).status_code == 200

    # an interest declared after reading the title: the next in the order comes
    seat = Seat.objects.filter(challenge=challenge, origin="draw").first()
    expert = client_for(seat.expert.user)
    moved = post(expert, f"seats/{seat.pk}/moves/", action="recuse", note="与对方有合作意向")
    assert moved.json()["state"] == "recused"
    came = Seat.objects.get(origin="substitute")
    order = [each["number"] for each in lottery.order(public["seed"], public["pool"])]
    assert came.draw.label_of(came.expert) == order[3]
    assert Seat.objects.get(pk=seat.pk).undertaken_at is None


@pytest.mark.parametrize("who", ["bidder", "poster", "expert", "approver", "endorser"])
@pytest.mark.parametrize("path", ["draws/", "seats/", "waivers/", "related-units/", "rules", "run"])
def test_nobody_but_an_officer_fills_panels(challenge, lead, client_for, who, path):
    pooled = make.make_pooled()
    people = {
        "bidder": lambda: make.make_user(unit=lead),
        "poster": lambda: make.make_user(unit=challenge.need.owner),
        "expert": lambda: pooled.user,
        "approver": make.make_approver,
        "endorser": make.make_endorser,
    }
    client = client_for(people[who]())
    call = f"/api/v1/calls/{challenge.call_id}"
    bodies = {
        "draws/": {"challenge": challenge.pk},
        "seats/": {"challenge": challenge.pk, "expert": pooled.pk},
        "waivers/": {"challenge": challenge.pk, "expert": pooled.pk, "reason": "理由"},
        "related-units/": {"one": lead.pk, "other": challenge.need.owner_id, "basis": "控股"},
    }
    before = counts()

    if path == "rules":
        answer = client.patch(f"{call}/panel-rules/", {"load_most": 2})
    elif path == "run":
        answer = client.post(f"{call}/expert-assignment/")
    else:
        answer = post(client, path, **bodies[path])

    refused(answer, 403, "role_required", before)


def test_the_best_assignment_over_the_interface(challenge, bureau):
    bureau.patch(f"/api/v1/calls/{challenge.call_id}/panel-rules/", {"panel_size": 2})
    run = f"/api/v1/calls/{challenge.call_id}/expert-assignment/"
    before = counts()
    refused(bureau.post(run), 422, "experts_too_few", before)
    for text in ("固态电池", "机器人"):
        make.make_pooled(keywords=text)

    made = bureau.post(run)

    assert (made.status_code, made.json()["count"]) == (201, 2)
    before = counts()
    refused(bureau.post(run), 422, "nothing_to_assign", before)


def profile(**changes):
    return {
        "title": "研究员", "unit_name": "江海材料研究所", "tech_fields": ["F01"],
        "keywords": "固态电池", "availability": "available", "ties": [], **changes,
    }  # fmt: skip


def test_an_expert_keeps_the_own_profile_and_sees_no_other(client_for):
    make.make_field()
    other, user = make.make_pooled(), make.make_expert()
    client = client_for(user)

    made = client.post("/api/v1/experts/", profile()).json()

    assert made["display_name"] == user.display_name
    tie = {"kind": "coauthor", "person": "陈一", "year": 2025}
    changed = client.put(
        f"/api/v1/experts/{made['id']}/", profile(ties=[tie], revision=made["revision"])
    ).json()
    assert [row["person"] for row in changed["ties"]] == ["陈一"]
    assert client.get("/api/v1/experts/").json()["count"] == 1
    assert client.get(f"/api/v1/experts/{other.pk}/").status_code == 404
    before = counts()
    stale = client.put(f"/api/v1/experts/{made['id']}/", profile(revision=made["revision"]))
    refused(stale, 409, "stale", before)
    refused(client.post("/api/v1/experts/", profile()), 409, "enrolled_already", before)
    unknown = client.put(f"/api/v1/experts/{other.pk}/", profile(revision=other.revision))
    refused(unknown, 404, "not_found", before)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tech_fields": []}, "tech_fields"),
        ({"unit_name": ""}, "unit_name"),
        ({"ties": [{"kind": "coauthor"}]}, "ties-0-unit_name"),
    ],
)
def test_a_profile_with_a_gap_is_refused_at_its_place(client_for, changes, field):
    make.make_field()
    client = client_for(make.make_expert())
    before = counts()

    said = refused(client.post("/api/v1/experts/", profile(**changes)), 422, "invalid", before)

    assert list(said["fields"]) == [field]


def test_conflicts_are_told_to_an_officer_after_closing_only(challenge, lead, bureau, client_for):
    expert = make.make_pooled(unit=lead)
    path = f"/api/v1/experts/{expert.pk}/conflicts/?challenge="

    told = bureau.get(f"{path}{challenge.pk}").json()["results"]
    assert [edge["kind"] for edge in told] == ["same_unit"]
    assert client_for(expert.user).get(f"{path}{challenge.pk}").status_code == 403
    sealed = make.make_challenge(ChallengeState.OPEN)
    before = counts()
    refused(bureau.get(f"{path}{sealed.pk}"), 403, "sealed", before)


def test_exclusions_are_the_bureau_s_alone(challenge, lead, client_for):
    make.make_pooled(unit=lead)
    for _ in range(5):
        make.make_pooled()
    draw = draws.hold(challenge=challenge, actor=make.make_officer())

    before = counts()
    answer = client_for(make.make_user(unit=lead)).get(f"/api/v1/draws/{draw.pk}/exclusions/")

    refused(answer, 403, "role_required", before)


def test_who_has_scored_is_not_taken_off_the_panel(challenge, bureau):
    for _ in range(2):
        make.make_pooled()
    draw = draws.hold(
        challenge=challenge, actor=make.make_officer(), quotas=[{"field": "", "count": 1}]
    )
    seat = draw.seats.get()
    signed(seat)
    Review.objects.create(
        proposal=challenge.proposals.first(),
        reviewer=seat.expert.user,
        points={},
        total=80,
        comment="路线可行",
        advice=Advice.values[0],
    )
    before = counts()

    answer = post(bureau, f"seats/{seat.pk}/moves/", action="remove", note="换人")

    refused(answer, 409, "scored_already", before)
    assert Seat.objects.get(pk=seat.pk).state == "undertaken"
