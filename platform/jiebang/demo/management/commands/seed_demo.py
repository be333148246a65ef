"""Tells the demo city's story, and adds volume when asked for."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jiebang.demo import services
from jiebang.demo.content import PASSWORD


class Command(BaseCommand):
    """`seed_demo`: the story, once; `--scale N`: N thousand needs and as many results besides."""

    help = "建立演示城市：讲述一遍完整的故事；--scale N 另加 N 千条需求和 N 千项成果"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the scale, the seed, and whether a city that exists is fine."""
        parser.add_argument("--scale", type=int, default=0, help="另加多少千条需求和成果")
        parser.add_argument("--seed", type=int, default=1, help="批量数据的随机种子")
        parser.add_argument("--if-empty", action="store_true", help="已有数据时什么也不做")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the city if there is none, then grow it."""
        began = time.monotonic()
        if options["scale"] < 0:
            raise CommandError("--scale 不能为负")
        if not services.exists():
            steps = services.found(self._report)
            self.stdout.write(f"\n演示城市已建立：{steps} 个办理步骤，账号密码均为 {PASSWORD}")
        elif options["if_empty"]:
            self.stdout.write("已有数据，不再建立演示城市")
        elif not options["scale"]:
            raise CommandError("已有数据；如需批量数据请加 --scale N，如需重建请先清空数据库")
        if options["scale"]:
            added = services.grow(
                thousands=options["scale"], seed=options["seed"], report=self._report
            )
            self.stdout.write(f"\n新增需求 {added} 条、成果 {added} 项")
        self.stdout.write(f"用时 {time.monotonic() - began:.1f} 秒")

    def _report(self, what: str, done: int, total: int) -> None:
        line = f"{what} {done}／{total}"
        if sys.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{line}", ending="")
        elif done == total:
            self.stdout.write(line)
        self.stdout.flush()
