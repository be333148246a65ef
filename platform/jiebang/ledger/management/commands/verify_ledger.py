"""`manage.py verify_ledger` says whether everything is still as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jiebang.ledger import queries


class Command(BaseCommand):
    """Names every record that does not hold; fails when there is one."""

    help = "核验全部存证记录：逐条重算哈希、核对前后相连，并与数据库现有内容比对"

    def handle(self, **options: Any) -> None:
        """Check the chain, print what is wrong, or where it ends."""
        faults = 0
        for fault in queries.check_all():
            faults += 1
            self.stdout.write(f"第 {fault.number} 号：{fault.sentence}")
        if faults:
            raise CommandError(f"存证链未通过核验，共 {faults} 处不符")
        end = queries.head()
        self.stdout.write(f"{end.number} 条存证记录全部通过核验，链尾哈希 {end.digest}")
