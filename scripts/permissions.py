"""Write docs/permissions.md from the permission table; `--propose` adds the lines it lacks.

Proposed lines say how the doors answer now: whoever adds them reads them.
"""

import argparse
import os
import sys
from itertools import groupby

import django

from scripts.places import ROOT

sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiebang.settings.test")

DOCUMENT = ROOT / "docs" / "permissions.md"
HEAD = """# 权限矩阵

谁在哪扇门前得到什么回答。本页由 `python -m scripts.permissions`
从 `tests/permissions/matrix.tsv` 生成，
每一格都由测试逐一敲门核对：角色 × 每个地址（网页和接口）× 对象状态，含文件和导出。

| 格中写着 | 意思 |
|---|---|
"""


def document():
    """Return the page: a legend, then a table for each part of the platform."""
    django.setup()
    from tests.permissions import table  # noqa: PLC0415 -- needs the models
    from tests.permissions.names import thing_name, way_name  # noqa: PLC0415

    routes, matrix = table.read_routes(), table.read_matrix()
    parts = [HEAD, *(f"| {word} | {said} |\n" for word, said in table.ANSWERS.items())]
    heads = ["办什么", "办法", "对象", *table.ROLES]
    for group, lines in groupby(matrix, key=lambda line: routes[line.route].part):
        parts += [f"\n## {group}\n\n| {' | '.join(heads)} |\n", "|---" * len(heads), "|\n"]
        for line in lines:
            cells = [routes[line.route].title, way_name(line), thing_name(line.thing)]
            cells += [matrix[line][role] for role in table.ROLES]
            parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def propose():
    """Add the lines that the table lacks, as the doors answer now; returns how many."""
    django.setup()
    from django.db import transaction  # noqa: PLC0415
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

    from tests.permissions import doors, table, world  # noqa: PLC0415

    databases = setup_databases(verbosity=0, interactive=False)
    matrix, routes = table.read_matrix(), table.read_routes()
    with transaction.atomic():
        city = world.build()
        browsers = doors.clients(city)
        wanted = [line for route in routes.values() for line in doors.lines(route, city)]
        added = [line for line in wanted if line not in matrix]
        for line in added:
            matrix[line] = {role: doors.knock(who, line, city) for role, who in browsers.items()}
        transaction.set_rollback(True)
    teardown_databases(databases, verbosity=0)
    table.write_matrix({line: matrix[line] for line in wanted})
    return len(added)


def main():
    """Do as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--propose", action="store_true", help="add the lines the table lacks")
    if parser.parse_args().propose:
        print(f"{propose()} lines added; read them before you keep them")
    DOCUMENT.write_text(document(), "utf-8")


if __name__ == "__main__":
    main()
