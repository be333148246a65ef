"""Making texts outside the request."""

from collections.abc import Mapping
from typing import Any

from jiebang.contracts.models import Contract
from jiebang.documents import services
from jiebang.jobs.registry import Progress, handles


@handles(services.MAKE)
def make(*, contract_id: int, progress: Progress) -> Mapping[str, Any]:
    """Make the text of the contract's present version."""
    return {"version": services.make(contract=Contract.objects.get(pk=contract_id)).version}
