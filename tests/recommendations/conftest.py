"""A folder of indexes for each test, and rows whose texts match or do not."""

import pytest

from jiebang.recommendations import engine
from tests.factories import make_achievement, make_university

OPTICS = {
    "title": "激光雷达光学镜头装调工艺",
    "keywords": "激光雷达,光学镜头",
    "summary": "面向车载激光雷达的光学镜头自动装调与检测，样机已交付。",
}


@pytest.fixture(autouse=True)
def indexes(settings, tmp_path):
    """Keep this test's indexes to itself."""
    settings.MATCH_INDEX_DIR = tmp_path / "index"
    yield settings.MATCH_INDEX_DIR
    engine._opened.clear()


@pytest.fixture
def solver():
    """A university with one result that answers the usual need, and one that does not."""
    unit = make_university(main_business="固态电池电解质研究", intro="从事硫化物电解质研究。")
    make_achievement(unit, keywords="固态电池,硫化物电解质")
    make_achievement(unit, **OPTICS)
    return unit
