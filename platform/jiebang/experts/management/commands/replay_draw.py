"""`manage.py replay_draw N`: the published draw, repeated from its seed and pool."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiebang.experts import draws, lottery
from jiebang.experts.models import Draw, Expert


class Command(BaseCommand):
    """Prints the experts in order; fails where the result is not the published one."""

    help = "按公布的种子和备选名单重新抽取专家，核对结果是否一致"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the draw's number, or a file with what was published."""
        parser.add_argument("draw", nargs="?", help="抽取编号或序号，如 CQ-2026-00001 或 1")
        parser.add_argument("--file", type=Path, help="从公开页面下载的抽取文件")

    def handle(self, **options: Any) -> None:
        """Repeat, print and compare."""
        published = self._published(options["draw"], options["file"])
        if lottery.digest(published["pool"]) != published["pool_digest"]:
            raise CommandError("备选名单与公布的校验码不一致，名单可能被改动")
        again = lottery.draw(
            published["seed"],
            published["pool"],
            published["quotas"],
            published["most_of_a_unit"],
        )
        draw = None if options["file"] else _found(options["draw"])
        names = {each.number: str(each) for each in Expert.objects.select_related("user")}
        for place, label in enumerate(again, 1):
            number = draw.key[label] if draw else ""
            self.stdout.write(f"{place} {label} {number} {names.get(number, '')}".rstrip())
        if again != published["drawn"]:
            raise CommandError("重新抽取的结果与公布的不一致")
        self.stdout.write(f"与公布的 {len(again)} 名专家一致")

    def _published(self, asked: str | None, file: Path | None) -> dict[str, Any]:
        if file is not None:
            read: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return read
        draw = _found(asked)
        if lottery.digest(draw.key) != draw.key_digest:
            raise CommandError("名单对照与公布的校验码不一致，对照可能被改动")
        return draws.document(draw)


def _found(asked: str | None) -> Draw:
    """Return the draw of this key or number."""
    key = (asked or "").rpartition("-")[2]
    draw = Draw.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    if draw is None:
        raise CommandError(f"没有编号为 {asked} 的抽取")
    return draw
