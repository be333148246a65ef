"""`manage.py rematch`: every index and every answer made anew, now, by all workers there are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from jiebang.jobs.console import ConsoleProgress
from jiebang.recommendations import rounds
from jiebang.recommendations.following import RoundStuck, follow
from jiebang.recommendations.models import Round


class Command(BaseCommand):
    """Safe at any time; does shards itself, so it needs no worker."""

    help = "重建全部匹配索引，并重新匹配全部需求、成果、单位和榜题；有几个后台进程就由几个一起做"

    def handle(self, **options: Any) -> None:
        """Make everything anew and say how much there was."""
        progress = ConsoleProgress(self.stdout)
        try:
            held = follow(rounds.start(actor=None, anew=True).pk, progress)
        except RoundStuck as error:
            raise CommandError(f"全量匹配没有完成：{error}") from error
        finally:
            progress.end()
        if held.phase == Round.Phase.STOPPED:
            raise CommandError("另一轮全量匹配已经开始，由它接着办理，请在“匹配口径”页查看进展")
        asked = held.shards.aggregate(total=Sum("asked"))["total"] or 0
        self.stdout.write(f"已重新匹配 {asked} 次，匹配结果已全部更新")
