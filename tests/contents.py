"""What complete things say, as typed."""

from decimal import Decimal


def indicator_row(**fields):
    """One indicator as typed: complete, with a value of at least 350 Wh/kg."""
    row = {
        "name": "能量密度",
        "comparator": ">=",
        "value": Decimal(350),
        "unit": "Wh/kg",
        "baseline": "280",
        "test_method": "GB/T 36276",
        "core": True,
    }
    return {**row, **fields}


def need_content(**fields):
    """What a complete need says, as typed; passes the check-up without an error."""
    content = {
        "title": "高比能固态电池电解质制备技术",
        "keywords": "固态电池,硫化物电解质",
        "main_problem": (
            "现有液态电解质电池能量密度已近上限，硫化物固态电解质在空气中不稳定，"
            "界面阻抗高，企业自有工艺无法连续成膜。"
        ),
        "key_technology": "硫化物电解质连续成膜；界面修饰；干法电极匹配。",
        "expected_goal": "建成中试线，电芯能量密度不低于 350 Wh/kg。",
        "term_months": 24,
        "ip_ownership": "shared",
        "ip_terms": "背景知识产权归各自所有，新产生的知识产权双方共有。",
        "acceptance_method": "lab",
        "total_budget": Decimal(1200),
        "bounty": Decimal(800),
    }
    return {**content, **fields}


def proposal_content(**fields):
    """What a complete solution says, without its answers to the indicators."""
    content = {
        "pi_name": "林之远",
        "technical_route": "以湿法合成硫化物粉体，干法成膜，再以原位包覆降低界面阻抗。",
        "research_basis": "已完成公斤级制备。",
        "team": "教授两名，工程师五名。",
        "schedule": "第一年小试，第二年中试。",
        "asked_amount": Decimal(600),
        "term_months": 20,
        "ip_ownership": "shared",
        "relation": "none",
        "pledged": True,
        "signatory": "林之远",
    }
    return {**content, **fields}
