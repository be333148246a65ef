"""`python -m matching evaluate DIR [DIR ...] [--json]`: ours beside the usual ones, judged."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.evaluation import Report, evaluate
from matching.judged import BadCollection
from matching.metrics import NAMES

COLUMNS = (*NAMES, "grade")


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return nought, or two for a folder that is refused."""
    parser = argparse.ArgumentParser(prog="python -m matching")
    commands = parser.add_subparsers(required=True)
    judge = commands.add_parser("evaluate", help="compare rankings over judged collections")
    judge.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    judge.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    found: dict[str, dict[str, Report]] = {}
    if not asked.json:
        print(f"{'':16}{'':7}" + "".join(f"{name:>22}" for name in COLUMNS))
    for folder in asked.folders:
        try:
            reports = evaluate(folder)
        except BadCollection as error:
            print(error, file=sys.stderr)
            return 2
        found[folder.resolve().name] = reports
        if not asked.json:
            print(_table(folder.resolve().name, reports), flush=True)
    if asked.json:
        print(json.dumps({name: _plain(reports) for name, reports in found.items()}))
    return 0


def _plain(reports: dict[str, Report]) -> dict[str, dict[str, float]]:
    return {
        name: {key: figure.mean for key, figure in report.figures.items()}
        | {"queries": report.queries}
        for name, report in reports.items()
    }


def _table(folder: str, reports: dict[str, Report]) -> str:
    lines = []
    for name, report in reports.items():
        cells = [
            f"{f.mean:.4f} [{f.low:.3f}, {f.high:.3f}]" if f else ""
            for f in map(report.figures.get, COLUMNS)
        ]
        lines.append(f"{folder:16}{name:7}" + "".join(f"{cell:>22}" for cell in cells))
    counted = next(iter(reports.values()))
    lines.append(f"{'':16}{counted.queries} queries; {counted.left_out} without anything relevant")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
