"""The table that says who may come through which door, and the list of all doors."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.permissions.world import ROLES

HERE = Path(__file__).parent
ROUTES, MATRIX = HERE / "routes.tsv", HERE / "matrix.tsv"
# What a cell says, and what the answer was.
ANSWERS = {
    "可": "办理成功，或转到下一页（2xx、3xx）",
    "登录": "请先登录（401，或转到登录页）",
    "拒绝": "无权办理，说明理由（403）",
    "不见": "没有，或无权知道有（404）",
    "内容": "门已开，所填内容须修改（400、422）",
    "状态": "此时不能办理（409）",
    "无": "这扇门没有这种办法（405）",
}


@dataclass(frozen=True)
class Route:
    """One door: its name in the address book, its Chinese name, how it is used, on what."""

    name: str
    title: str
    methods: tuple
    kind: str
    part: str


@dataclass(frozen=True)
class Line:
    """One line of the table: a door, a way of using it, a thing in one state."""

    route: str
    method: str
    thing: str

    def __str__(self):
        return f"{self.route} {self.method} {self.thing}".strip()


def read_routes():
    """Return the doors by name."""
    with ROUTES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            row["门"]: Route(
                row["门"], row["名称"], tuple(row["办法"].split()), row["对象"], row["部分"]
            )
            for row in rows
        }


def read_matrix():
    """Return what is answered to whom: `{line: {role: word}}`."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            Line(row["门"], row["办法"], row["对象"]): {role: row[role] for role in ROLES}
            for row in rows
        }


def write_matrix(table):
    """Write the table, in the order of the doors."""
    order = {name: number for number, name in enumerate(read_routes())}
    lines = sorted(table, key=lambda line: order.get(line.route, len(order)))
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["门", "办法", "对象", *ROLES])
        for line in lines:
            writer.writerow(
                [line.route, line.method, line.thing, *(table[line][role] for role in ROLES)]
            )
