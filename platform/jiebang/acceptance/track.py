"""The track record (履约记录): facts noted when they happen, answered by the unit."""

from django.db import transaction

from jiebang.acceptance import policies
from jiebang.acceptance.models import TrackItem
from jiebang.acceptance.states import TrackKind
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState

TEXT = (10, 300)
REPLY = (5, 500)


def note(
    *, contract: Contract, kind: TrackKind, text: str = "", actor: User | None = None
) -> TrackItem:
    """Note a fact about the solver of a contract, once; the caller has decided that it is one."""
    made, is_new = TrackItem.objects.get_or_create(
        organization=contract.solver,
        contract=contract,
        kind=kind,
        defaults={"happened_on": clock.today(), "text": text[: TEXT[1]]},
    )
    if is_new:
        audit.record(
            actor=actor, thing=made, action="note", label=f"记入履约记录：{kind.label}", note=text
        )
    return made


@transaction.atomic
def dispute(*, contract: Contract, actor: User, text: str) -> TrackItem:
    """Note that the contract is disputed, with what the dispute is about; the unit may answer."""
    policies.may_note_dispute(actor, contract).enforce()
    if contract.state in (ContractState.DRAFTING, ContractState.SIGNING):
        raise WrongState("合同还没有生效，没有可以登记的争议")
    if not TEXT[0] <= len(text.strip()) <= TEXT[1]:
        sentence = f"请写明争议的事由和来源，{TEXT[0]} 到 {TEXT[1]} 字"
        raise Invalid(sentence, code="dispute_invalid", fields={"text": [sentence]})
    # The row is held: of two who note a dispute at once the second one sees the first.
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if TrackItem.objects.filter(contract=contract, kind=TrackKind.DISPUTED).exists():
        raise Conflict("这份合同已登记争议，不必重复登记", code="disputed_already")
    return note(contract=contract, kind=TrackKind.DISPUTED, text=text.strip(), actor=actor)


@transaction.atomic
def answer(*, item: TrackItem, actor: User, text: str) -> TrackItem:
    """Let the unit say what it has to say; it stands beside the item, the later word counts."""
    policies.may_answer(actor, item).enforce()
    if not REPLY[0] <= len(text.strip()) <= REPLY[1]:
        sentence = f"请写明答复，{REPLY[0]} 到 {REPLY[1]} 字"
        raise Invalid(sentence, code="reply_invalid", fields={"reply": [sentence]})
    said = {"reply": text.strip(), "replied_by": actor, "replied_at": clock.now()}
    TrackItem.objects.filter(pk=item.pk).update(**said)
    for name, value in said.items():
        setattr(item, name, value)
    audit.record(actor=actor, thing=item, action="answer", label="答复履约记录", note=text.strip())
    return item
