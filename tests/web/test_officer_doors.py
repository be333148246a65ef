"""Who comes in where: each person of the city at each door of the bureau, town, expert, parties."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.states import State as ChallengeState
from jiebang.jobs.models import Job
from jiebang.library.models import Appraisal
from jiebang.library.states import State
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.states import State as BidState
from tests.factories import (
    make_approver,
    make_award,
    make_challenge,
    make_contract,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db

IN, SIGN_IN, REFUSED, UNKNOWN = 200, 302, 403, 404
PEOPLE = (
    "stranger", "officer", "approver", "auditor", "endorser", "expert", "other_expert", "poster",
    "solver", "outsider",
)  # fmt: skip
BUREAU = {"officer", "approver", "auditor"}
EVERYBODY = set(PEOPLE) - {"stranger"}
# A page, who comes in, and what the others hear; who hears something else stands behind.
DOORS = [
    ("statistics", set(PEOPLE), None, {}),
    ("officer-dashboard", BUREAU, REFUSED, {}),
    ("officer-unclaimed", BUREAU, REFUSED, {}),
    ("officer-units", BUREAU, REFUSED, {}),
    ("officer-unit", BUREAU, REFUSED, {}),
    ("officer-needs", BUREAU, REFUSED, {}),
    ("officer-library", BUREAU, REFUSED, {}),
    ("officer-challenges", BUREAU, REFUSED, {}),
    ("officer-award", BUREAU, REFUSED, {}),
    ("officer-calls", BUREAU, REFUSED, {}),
    ("officer-call", BUREAU, REFUSED, {}),
    ("audit-log", BUREAU, REFUSED, {}),
    ("officer-assign", {"officer"}, REFUSED, {}),
    ("officer-post", {"officer"}, REFUSED, {}),
    ("officer-call-new", {"officer"}, REFUSED, {}),
    ("officer-rule", {"officer"}, REFUSED, {}),
    ("imports", {"officer"}, REFUSED, {}),
    ("import", {"officer"}, REFUSED, {}),
    ("endorser-needs", {"endorser"}, REFUSED, {}),
    ("expert-appraisals", {"expert", "other_expert"}, REFUSED, {}),
    ("expert-appraisal", {"expert"}, REFUSED, {"other_expert": UNKNOWN}),
    ("officer-bid", BUREAU | {"poster", "solver"}, UNKNOWN, {}),
    ("contracts", EVERYBODY, None, {}),
    ("contract", BUREAU | {"poster", "solver"}, UNKNOWN, {}),
    ("contract-edit", {"poster"}, UNKNOWN, dict.fromkeys(BUREAU | {"solver"}, REFUSED)),
    ("milestone-report", {"solver"}, UNKNOWN, dict.fromkeys(BUREAU | {"poster"}, REFUSED)),
]


@pytest.fixture
def city():
    """One thing of each kind, at the point of its life that its page is for."""
    poster, solver = make_unit(), make_university()
    expert = make_expert()
    waiting = make_need(State.APPRAISAL)
    closed = make_challenge(ChallengeState.CLOSED, need=make_need(State.POSTED, owner=poster))
    bid = make_proposal(BidState.SUBMITTED, challenge=closed, lead=solver)

    def contract(state):
        need = make_need(State.POSTED, owner=poster)
        challenge = make_challenge(ChallengeState.AWARDED, need=need)
        won = make_proposal(BidState.AWARDED, challenge=challenge, lead=solver)
        return make_contract(state, award=make_award(won))

    running = contract("running")
    return SimpleNamespace(
        people={
            "stranger": None,
            "officer": make_officer(),
            "approver": make_approver(),
            "auditor": make_user(PlatformRole.AUDITOR),
            "endorser": make_endorser(poster.district),
            "expert": expert,
            "other_expert": make_expert(),
            "poster": make_user(unit=poster),
            "solver": make_user(unit=solver),
            "outsider": make_user(unit=make_unit()),
        },
        things={
            "officer-unit": [make_unit(state=UnitState.PENDING).pk],
            "officer-award": [closed.pk],
            "officer-call": [closed.call.pk],
            "officer-rule": [closed.call.pk, "max_grant"],
            "officer-assign": [waiting.pk],
            "officer-post": [make_need(State.IN_LIBRARY).pk],
            "officer-bid": [bid.pk],
            "import": [Job.objects.create(name="imports.run", title="导入需求", key="k").pk],
            "expert-appraisal": [
                Appraisal.objects.create(need=waiting, expert=expert, version=waiting.version).pk
            ],
            "contract": [running.pk],
            "contract-edit": [contract("drafting").pk],
            "milestone-report": [running.milestones.get(position=1).pk],
        },
    )


@pytest.mark.parametrize(("page", "welcome", "otherwise", "others"), DOORS)
def test_each_person_at_each_door(client, city, page, welcome, otherwise, others):
    address = reverse(f"web:{page}", args=city.things.get(page, []))
    answers = {}
    for name, person in city.people.items():
        client.logout()
        if person:
            client.force_login(person)
        answers[name] = client.get(address).status_code

    expected = dict.fromkeys(PEOPLE, otherwise) | {"stranger": SIGN_IN} | others
    assert answers == expected | dict.fromkeys(welcome, IN)


STEPS = [
    ("officer-unit-move", "officer-unit", {"officer"}),
    ("officer-qualifications", "officer-unit", {"officer"}),
    ("officer-place", "officer-assign", {"officer"}),
    ("officer-challenge-move", "officer-award", {"officer"}),
    ("endorser-decide", "officer-assign", {"endorser"}),
]


@pytest.mark.parametrize(("page", "like", "welcome"), STEPS)
def test_a_step_is_for_its_role_alone_and_never_a_page(client, city, page, like, welcome):
    address = reverse(f"web:{page}", args=city.things[like])
    refused = set()
    for name, person in city.people.items():
        client.logout()
        if person:
            client.force_login(person)
            assert client.get(address).status_code == (405 if name in welcome else REFUSED)
        answer = client.post(address)
        if answer.status_code == REFUSED or (person is None and answer.status_code == SIGN_IN):
            refused.add(name)

    assert refused == set(PEOPLE) - welcome


@pytest.mark.parametrize("page", ["contract-move", "contract-sign", "milestone-judge"])
def test_a_contract_s_steps_are_unknown_to_who_is_no_party(client, city, page):
    key = "milestone-report" if page == "milestone-judge" else "contract"
    client.force_login(city.people["outsider"])

    assert client.post(reverse(f"web:{page}", args=city.things[key])).status_code == UNKNOWN


@pytest.mark.parametrize("page", ["officer-unit-move", "officer-challenge-move"])
def test_an_action_that_there_is_not_is_refused_in_words(client, city, page):
    like = {"officer-unit-move": "officer-unit", "officer-challenge-move": "officer-award"}
    client.force_login(city.people["officer"])

    answer = client.post(reverse(f"web:{page}", args=city.things[like[page]]), {"action": "fly"})

    assert answer.status_code == 422
    assert "没有这项操作" in answer.content.decode()
