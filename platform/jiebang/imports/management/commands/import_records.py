"""`manage.py import_records`: needs, achievements or organizations from a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiebang.accounts.backends import find
from jiebang.accounts.models import User
from jiebang.common.errors import DomainError
from jiebang.imports import services
from jiebang.jobs.console import ConsoleProgress


class Command(BaseCommand):
    """Safe to repeat; what was taken in before is left as it is."""

    help = "从 JSON 行、CSV 或 Excel 文件导入需求、成果或单位；逐行检查，有误的行报出行号和原因"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what is imported, from where and in whose name."""
        parser.add_argument("kind", choices=list(services.KINDS), help="导入什么")
        parser.add_argument("path", type=Path, metavar="文件", help=".jsonl、.csv 或 .xlsx 文件")
        parser.add_argument(
            "--as", dest="username", help="以谁的名义导入；导入单位时必填，此人成为单位首任管理员"
        )

    def handle(self, *, kind: str, path: Path, username: str | None, **options: Any) -> None:
        """Import and report; ends with 1 when any row was not taken in."""
        actor = _person(username) if username else None
        if actor is None and kind == "organizations":
            raise CommandError("导入单位须用 --as 指明登记人（用户名或邮箱）")
        progress = ConsoleProgress(self.stdout)
        try:
            report = services.run(kind=kind, path=path, actor=actor, progress=progress)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        progress.end()
        for line in report.lines():
            self.stdout.write(line)
        if report.faults:
            sys.exit(1)


def _person(username: str) -> User:
    found = find(username)
    if found is None:
        raise CommandError(f"没有“{username}”这个用户")
    return found
