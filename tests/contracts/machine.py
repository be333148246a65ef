"""What the random acts on contracts happen to: people, contracts, a race, and their standing."""

from django.db import transaction
from hypothesis.stateful import (
    RuleBasedStateMachine,
)

from jiebang.common.errors import DomainError
from jiebang.contracts.models import (
    ChangeRequest,
    Checkpoint,
    Contract,
    Milestone,
    Payment,
    Race,
    Settlement,
)
from jiebang.contracts.states import (
    State,
)
from jiebang.ledger import queries as ledger
from tests.contracts.test_races import make_race
from tests.factories import make_approver, make_contract, make_officer, make_user

BOOKS = (
    *("pk", "state", "amount", "grant", "ceiling", "drawn", "drawn_grant", "paid", "paid_grant"),
    *("recalled", "recalled_grant", "returned", "ends_on", "extensions", "version", "closed_at"),
)


class Setting(RuleBasedStateMachine):
    """One contract with three milestones, and everybody who can touch its money."""

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.key = make_contract(State.RUNNING, milestones=3).pk
        Contract.objects.filter(pk=self.key).update(grant=150)
        self.contract.milestones.update(state="reported")
        unit = self.contract
        self.people = [make_user(unit=unit.solver), make_user(unit=unit.poster)]
        self.people += [make_officer(), make_approver()]
        self.people[3].role_grants.create(role="officer")
        self.vouchers = 0
        make_race()
        self.solvers = {}

    @property
    def contract(self):
        return Contract.objects.get(pk=self.key)

    @property
    def race(self):
        return Race.objects.get()

    @property
    def rows(self):
        return Payment.objects.order_by("pk")

    def attempt(self, act, **arguments):
        """Do it or be refused; a refusal changes nothing of the money."""
        before = self.standing()
        try:
            act(**arguments)
        except DomainError:
            assert self.standing() == before

    def standing(self):
        books = Contract.objects.values_list(*BOOKS)
        rest = [
            *(Milestone.objects.values_list("pk", "state", "tranche", "drawn", "due_on")),
            *(Payment.objects.values_list("pk", "state", "amount", "grant", "voucher")),
            *(ChangeRequest.objects.values_list("pk", "state")),
            *(Settlement.objects.values_list("pk", "state", "spent")),
            *(Checkpoint.objects.values_list("pk", "state")),
            *(Race.objects.values_list()),
        ]
        return [*books, *rest]

    def teardown(self):
        assert list(ledger.check_all()) == []
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)
