"""The city is told through the services: everything ends where its story says, and only once."""

from collections import Counter
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from jiebang.acceptance import draws as draws_of_panels
from jiebang.acceptance.models import Acceptance, Assessment, PanelDraw, TrackItem
from jiebang.acceptance.states import State
from jiebang.accounts.models import PlatformRole, RoleGrant, User
from jiebang.achievements.models import Achievement
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.awards import queries as awards
from jiebang.awards.models import Decision
from jiebang.challenges.models import Challenge
from jiebang.commissions.models import Commission
from jiebang.commissions.states import State as CommissionState
from jiebang.common import clock
from jiebang.contracts import lanes
from jiebang.contracts.models import Contract, Milestone, Payment, Race
from jiebang.contracts.states import MilestoneState, PaymentState
from jiebang.contracts.states import State as ContractState
from jiebang.demo import services, volume
from jiebang.demo.commissions import PHASE
from jiebang.experts import draws
from jiebang.experts import queries as experts
from jiebang.experts.models import Draw, Expert, Seat
from jiebang.integrity import queries as integrity
from jiebang.ledger import queries as ledger
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization
from jiebang.recommendations import fitting, judged
from jiebang.recommendations.models import Feedback
from tests.demo.content import by_key, rows, stories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The whole city, told once for this module, and taken back at its end."""
    from django.db import transaction  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic():
        services.found(lambda what, done, total: None)
        yield
        transaction.set_rollback(True)


def test_everything_ends_where_its_story_says(city):
    titles = {key: need["title"] for key, need in by_key("needs").items()}
    told = {titles[story["need"]]: story for story in stories()}

    others = {row["title"] for row in (*rows("afterwards"), *rows("races"))}
    told_here = TechNeed.objects.exclude(title__endswith=PHASE).exclude(title__in=others)
    needs = {need.title: need.state for need in told_here}
    challenges = {c.title: c.state for c in Challenge.objects.filter(race=None)}
    of_awards = Contract.objects.filter(award__challenge__race=None).exclude(award=None)
    contracts = {c.award.challenge.title: c.state for c in of_awards}

    assert needs == {title: story["state"] for title, story in told.items()}
    for found, part in ((challenges, "challenge"), (contracts, "contract")):
        assert found == {t: s[part]["state"] for t, s in told.items() if part in s}


def test_an_acceptance_stands_in_every_state_where_one_rests(city):
    states = set(Acceptance.objects.values_list("state", flat=True))
    assert states == set(State) - {State.APPROVED}
    kinds = set(TrackItem.objects.values_list("kind", flat=True))
    assert {"accepted", "closed", "failed", "on_time", "terminated", "disputed"} <= kinds
    assert TrackItem.objects.filter(kind="disputed").exclude(reply="").exists()
    assert set(Assessment.objects.values_list("state", flat=True)) >= {"pending", "replied"}
    assert [draws_of_panels.replayed(d) == d.drawn for d in PanelDraw.objects.all()] == [
        True
    ] * PanelDraw.objects.count()


def test_there_is_a_commission_in_every_state(city):
    ends = {"accepted": "completed", "concluded": "completed", "failed": "released"}
    ends |= {"revoked": "released"}
    former = Commission.objects.filter(title__in=[row["title"] for row in rows("afterwards")])
    assert {(made.state, ends.get(made.contract.state, "effective")) for made in former} == {
        (state, state) for state in ("completed", "released", "effective")
    }
    told = Counter(Commission.objects.exclude(pk__in=former).values_list("state", flat=True))
    assert told == Counter(row["state"] for row in rows("commissions"))
    assert set(told) == set(CommissionState.values)


def test_there_is_a_contract_a_milestone_and_a_payment_in_every_state(city):
    for model, states in (
        (Contract, ContractState),
        (Milestone, MilestoneState),
        (Payment, PaymentState),
    ):
        assert set(model.objects.values_list("state", flat=True)) == set(states.values)


def test_a_race_was_cut_once_and_waits_for_the_second_decision(city):
    (race,) = Race.objects.all()
    (told,) = rows("races")
    assert [(c.state, c.keep) for c in race.checkpoints.all()] == [("decided", 2), ("ranked", 1)]
    first, second = race.checkpoints.all()
    assert [row.result for row in first.standings.all()] == ["stays", "stays", "merged"]
    assert [row.result for row in second.standings.all()] == ["", ""]
    made = {c.solver_id: c for c in Contract.objects.filter(award__challenge=race.challenge)}
    amounts = [Decimal(each["amount"]) for each in told["award"]["chosen"]]
    freed = amounts[2] * 9 / 10  # all but the start money
    assert sorted(c.state for c in made.values()) == ["running", "running", "terminated"]
    assert lanes.budgets(race) == [amounts[0] + freed, amounts[1], amounts[2] - freed]
    starts = [made[key].payments.order_by("pk").first() for key in sorted(made)]
    assert sorted(start.amount * 10 for start in starts) == sorted(amounts)
    assert {start.state for start in starts} == {"paid"}


def test_the_ledger_holds_for_the_whole_city(city):
    assert ledger.head().number > 0
    assert list(ledger.check_all()) == []


def test_units_results_and_roles_are_all_there(city):
    states = Counter(Organization.objects.values_list("state", flat=True))
    assert states == Counter(unit.get("state", "verified") for unit in rows("units"))
    assert Achievement.objects.count() == len(rows("achievements"))
    assert set(RoleGrant.objects.values_list("role", flat=True)) == set(PlatformRole)


def test_people_said_of_matches_what_a_refit_can_learn_from(city):
    pairs = judged.pairs()

    assert fitting.enough(pairs, settings.MATCH_FIT_PAIRS)
    said = sum(len(row["useful"]) + len(row["useless"]) for row in rows("opinions"))
    assert Feedback.objects.count() == said


def test_panels_were_drawn_for_what_closed_and_every_draw_can_be_repeated(city):
    told = {
        each["need"]: each["challenge"]["panel"]
        for each in stories()
        if "panel" in each.get("challenge", {})
    }
    titles = {key: need["title"] for key, need in by_key("needs").items()}

    raced = {row["title"] for row in rows("races")}
    assert {d.challenge.title for d in Draw.objects.all()} == {titles[key] for key in told} | raced
    assert [draws.replayed(d) for d in Draw.objects.all()] == [d.drawn for d in Draw.objects.all()]
    assert any(draw.exclusions for draw in Draw.objects.filter(challenge__state="closed"))
    assert Expert.objects.count() == sum("expert" in row["roles"] for row in rows("people"))
    declined = sum(panel.get("declines", 0) for panel in told.values())
    seats = Counter(Seat.objects.values_list("origin", flat=True))
    assert seats == {"draw": 3 * (len(told) + len(raced)), "substitute": declined}


def test_every_stage_of_a_decision_has_something_waiting(city):
    titles = {key: need["title"] for key, need in by_key("needs").items()}
    standing = Counter(Decision.objects.values_list("state", flat=True))
    assert standing == {"effective": 7, "approved": 1, "notice": 1, "frozen": 1}
    race = Decision.objects.get(state="notice")
    assert (race.challenge.title, race.choices.count()) == (titles["copper-additive"], 2)
    assert awards.days_left(race) > 0
    assert [o.decision.state for o in awards.unanswered()] == ["frozen"]
    (tied,) = awards.to_propose()
    assert [row.ranked.tied for row in awards.standings(tied)] == [True, True]
    judged = Challenge.objects.get(title=titles["juice-sterilise"])
    states = Counter(experts.panel(judged).values_list("state", flat=True))
    assert states == {"done": 1, "undertaken": 2}
    assert integrity.answered().count() == 1


def test_the_past_lies_in_the_past_and_in_order(city):
    assert not Entry.objects.filter(at__gt=clock.now()).exists()
    for need in TechNeed.objects.all():
        times = [entry.at for entry in history(need)]
        assert times == sorted(times)


def test_the_city_is_told_once(city):
    before = (TechNeed.objects.count(), User.objects.count(), Entry.objects.count())
    call_command("seed_demo", if_empty=True)
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert (TechNeed.objects.count(), User.objects.count(), Entry.objects.count()) == before


def test_volume_is_the_same_for_the_same_seed_and_grows_only_by_what_is_missing(city):
    def write(count, seed=7):
        return volume.write(count=count, seed=seed, report=lambda done, total: None)

    assert [write(30), write(30), write(50)] == [30, 0, 20]
    made = TechNeed.objects.filter(source_key__startswith="volume:7:").order_by("pk")
    titles = [need.title for need in made]
    assert (len(titles), all(need.indicators.count() == 1 for need in made)) == (50, True)
    Achievement.objects.filter(source_key__startswith="volume:7:").delete()
    made.delete()
    assert write(50) == 50
    assert [need.title for need in made.all()] == titles
