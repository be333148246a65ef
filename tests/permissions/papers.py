"""Papers in the city of the table: texts, signed copies and templates."""

import io

from jiebang.contracts.models import Contract
from jiebang.contracts.states import State
from jiebang.documents import builtin, services
from tests.files import made


def add(world):
    """Put papers into the city."""
    contract = world.kinds["contract"][State.SIGNING.value].thing
    Contract.objects.filter(pk=contract.pk).update(version=1)
    contract.refresh_from_db()
    text = services.make(contract=contract)
    where = {"pk": contract.pk}
    world.add("draftpaper", "draft", contract, **where, kind="pdf")
    world.add("finalpaper", "made", contract, **where, number=1, kind="pdf")
    copy = services.deposit(
        contract=contract,
        side="solver",
        actor=world.people["揭榜方管理员"],
        upload=io.BytesIO(made.pdf_file()),
        name="盖章.pdf",
    )
    world.add("signedcopy", "made", contract, **where, copy_pk=copy.pk)
    template = services.give_template(
        kind="contract",
        upload=io.BytesIO(builtin.template("contract")),
        name="范本.docx",
        why="首版",
        actor=world.people["经办"],
    )
    world.add("template", "made", template)
    world.add("templatekind", "any", template, kind="contract")
    world.add("templatefile", "any", template, kind="contract", number=1)
    assert text.version == 1
