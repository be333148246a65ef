"""Files in the city of the table: on a draft, on the board, and kept from strangers."""

import io

from jiebang.files import services
from jiebang.library.models import TechNeed
from jiebang.library.states import Secrecy
from jiebang.library.states import State as NeedState
from tests import factories as make


def add(world):
    """Put files into the city."""
    draft = world.kinds["need"][NeedState.DRAFT].thing
    world.add("holder", "draft", draft, holder="need", pk=draft.pk)
    world.add("attachment", "draft", _file(world, draft))
    for label, secrecy in (("public", Secrecy.PUBLIC), ("pledged", Secrecy.PLEDGED)):
        need = make.make_need(owner=world.units.poster, secrecy=secrecy)
        file = _file(world, need)
        TechNeed.objects.filter(pk=need.pk).update(state=NeedState.POSTED)
        need.refresh_from_db()
        make.make_challenge(need=need)
        world.add("attachment", label, file)


def _file(world, need):
    return services.attach(
        thing=need,
        slot="requirement",
        upload=io.BytesIO(f"工况数据 {need.pk}".encode()),
        name="工况数据.txt",
        actor=world.people["发榜方管理员"],
    )
