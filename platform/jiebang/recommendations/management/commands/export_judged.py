"""`manage.py export_judged DIR`: what use has taught, for `python -m matching evaluate DIR`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from jiebang.recommendations import judged


class Command(BaseCommand):
    """Writes queries.jsonl, docs.jsonl and qrels.tsv."""

    help = "导出评价和办理结果形成的判定对；含限对接方的需求内容，请按密级保管"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="写到哪个文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say how much."""
        written = judged.export(options["folder"])
        self.stdout.write(
            f"需求 {written.queries} 条，成果和单位 {written.documents} 个，判定 {written.pairs} 对"
        )
