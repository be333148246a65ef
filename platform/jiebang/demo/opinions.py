"""What people said of the matches, and how often they wish to hear of new challenges."""

from jiebang.achievements.models import Achievement
from jiebang.demo.content import rows
from jiebang.demo.founding import unit, writer_of
from jiebang.library.models import TechNeed
from jiebang.notifications import services as notifications
from jiebang.recommendations import services
from jiebang.recommendations.models import Kind


def given() -> None:
    """Let the writers of the needs say which results were useful to them, and which were not."""
    titles = {row["key"]: row["title"] for row in rows("achievements")}
    needs = {row["key"]: row for row in rows("needs")}
    results = {row.title: row for row in Achievement.objects.all()}
    for row in rows("opinions"):
        need = TechNeed.objects.get(title=needs[row["need"]]["title"])
        writer = writer_of(unit(needs[row["need"]]["unit"]))
        for word in ("useful", "useless"):
            for key in row[word]:
                services.give_feedback(
                    actor=writer,
                    subject_kind=Kind.NEED,
                    subject_id=need.pk,
                    object_kind=Kind.ACHIEVEMENT,
                    object_id=results[titles[key]].pk,
                    useful=word == "useful",
                )


def wishes() -> None:
    """Let some of those who offer results hear of new challenges less often than at once."""
    owners = list(dict.fromkeys(row["unit"] for row in rows("achievements")))
    for owner, pace in zip(owners, ("weekly", "daily", "at_once"), strict=False):
        notifications.prefer(person=writer_of(unit(owner)), timing="daily", suited=pace)
