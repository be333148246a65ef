"""What the solver answers with for each core indicator (军令状), and the registration."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common.errors import Conflict, Invalid, WrongState
from jiebang.common.money import in_wan
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State
from jiebang.documents import policies, queries
from jiebang.documents.models import Pledge, Registration
from jiebang.documents.states import Liability, RegistrationCategory

COLUMNS = ("liability", "share", "years", "text", "signatory")


@transaction.atomic
def write(*, contract: Contract, actor: User, rows: Sequence[Mapping[str, Any]]) -> list[Pledge]:
    """Write all pledges anew while the contract is drafted: rows of `indicator` and `COLUMNS`."""
    policies.may_pledge(actor, contract).enforce()
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.state != State.DRAFTING:
        raise WrongState("合同已送签，军令状已锁定；如需修改请先退回重拟", code="wrong_state")
    known = {row.pk for row in contract.indicators if row.core}
    found: dict[str, list[str]] = {}
    made, seen, total = [], set[int](), Decimal(0)
    for n, row in enumerate(rows):
        pledge = Pledge(
            contract=contract,
            indicator_id=row["indicator"],
            **{name: row[name] for name in COLUMNS if row.get(name) is not None},
        )
        found |= {
            f"pledges-{n}-{name}": said for name, said in _faults(pledge, known, seen).items()
        }
        seen.add(pledge.indicator_id)
        total += pledge.share or 0
        made.append(pledge)
    if total > 100 and not found:
        over = in_wan(contract.amount * (total - 100) / 100)
        found["pledges"] = [f"各项后果合计超过合同金额的 100%（多出 {over}），请调整"]
    if found:
        raise Invalid("军令状需要修改，请按提示处理", code="pledges_invalid", fields=found)
    contract.pledges.all().delete()
    Pledge.objects.bulk_create(made)
    audit.record(
        actor=actor,
        thing=contract,
        action="pledge",
        label="拟定军令状",
        detail={"pledges": [str(pledge) for pledge in made]},
    )
    return list(contract.pledges.select_related("indicator"))


@transaction.atomic
def register(
    *,
    contract: Contract,
    actor: User,
    category: str,
    technical_amount: Decimal,
    number: str = "",
    registered_on: date | None = None,
) -> Registration:
    """Enter what the registration needs, and once it is done its number and day."""
    policies.may_register(actor, contract).enforce()
    if contract.state in (State.DRAFTING, State.SIGNING):
        raise WrongState("合同生效后才能办理技术合同登记", code="not_in_effect")
    found: dict[str, list[str]] = {}
    if not 0 <= technical_amount <= contract.amount:
        found["technical_amount"] = [f"应在 0 和合同金额 {in_wan(contract.amount)} 之间"]
    if bool(number.strip()) != bool(registered_on):
        missing = "registered_on" if number.strip() else "number"
        found[missing] = ["编号和登记日期须同时填写"]
    if found:
        raise Invalid("登记信息需要修改", code="registration_invalid", fields=found)
    values = {
        "category": RegistrationCategory(category),
        "technical_amount": technical_amount,
        "number": number.strip(),
        "registered_on": registered_on,
        "entered_by": actor,
    }
    known = queries.registration_of(contract)
    if known is not None and known.number and known.number != values["number"]:
        raise Conflict(f"已登记为 {known.number}，不能改号", code="registered_already")
    try:
        with transaction.atomic():
            made, _ = Registration.objects.update_or_create(contract=contract, defaults=values)
    except IntegrityError as error:
        said = f"登记编号 {number} 已经用过"
        raise Conflict(said, code="number_known", fields={"number": [said]}) from error
    label = "登记技术合同" if made.number else "准备技术合同登记"
    audit.record(actor=actor, thing=made, action="register", label=label, note=made.number)
    return made


def _faults(pledge: Pledge, known: set[int], seen: set[int]) -> dict[str, list[str]]:
    if pledge.indicator_id not in known:
        return {"indicator": ["不是本合同的约束性指标"]}
    if pledge.indicator_id in seen:
        return {"indicator": ["同一指标只写一条"]}
    try:
        pledge.clean_fields(exclude=("contract", "indicator"))
    except ValidationError as error:
        return dict(error.message_dict)
    if pledge.liability == Liability.BAR:
        return {} if pledge.years and not pledge.share else {"years": ["请填写限制申报年数"]}
    if not pledge.share or pledge.years:
        return {"share": ["请填写占合同金额的比例"]}
    return {} if 0 < pledge.share <= 100 else {"share": ["应大于 0，不超过 100"]}
