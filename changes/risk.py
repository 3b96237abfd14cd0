"""From answers to a risk. Pure (requirement 68, domain.md section 5): weighted sum against thresholds; one hard trigger makes it high."""

ALWAYS_HIGH = {"database": "database_structure", "security": "security_boundary"}
"""Categories that are high whatever is answered, and the trigger that says so."""


def score(questions, answers):
    """The weighted sum of the answers. Raises ValueError for a question without an answer or an answer that is no option."""
    total = 0
    for question in questions:
        given = answers.get(question["code"])
        if given not in [option[0] for option in question["options"]]:
            raise ValueError(question["code"])
        total += given * question.get("weight", 1)
    return total


def level(total, triggers, *, medium_from, high_from):
    """ "low", "medium" or "high" for a sum, or high at once where a hard trigger holds."""
    if triggers or total >= high_from:
        return "high"
    return "medium" if total >= medium_from else "low"


def triggers_of(category, ticked):
    """The codes that hold: those ticked, and that of the category."""
    own = ALWAYS_HIGH.get(category)
    return sorted({*ticked, own} - {None})


def highest(questions):
    """The greatest sum that can come out."""
    return sum(max(option[0] for option in q["options"]) * q.get("weight", 1) for q in questions)


def _question(code, text, text_en, *options):
    return {
        "code": code, "text": text, "text_en": text_en, "weight": 1,
        "options": [[points, zh, en] for points, (zh, en) in enumerate(options)],
    }  # fmt: skip


SHIPPED_QUESTIONS = [
    _question("service", "影响哪一级服务？", "Which tier of service does it touch?",
              ("不影响客户服务", "None that customers use"), ("一个非核心服务", "One non-core service"),
              ("多个非核心服务", "Several non-core services"), ("核心服务", "A core service")),
    _question("users", "影响多少用户？", "How many users does it touch?",
              ("无", "None"), ("一个团队", "One team"), ("一个客户", "One customer"), ("多个客户", "Several customers")),
    _question("reversible", "能否回退？", "Can it be taken back?",
              ("自动回退且已验证", "Automatically, and tried"), ("手工回退且已验证", "By hand, and tried"),
              ("可回退但未验证", "Yes, but never tried"), ("不能回退", "No")),
    _question("experience", "以前做过吗？", "Was it done before?",
              ("经常做", "Often"), ("做过几次", "A few times"), ("做过一次", "Once"), ("从未做过", "Never")),
    _question("complexity", "复杂程度、涉及多少团队？", "How complex is it, how many teams?",
              ("一个步骤，一个人", "One step, one person"), ("几个步骤，一个团队", "Some steps, one team"),
              ("两个团队", "Two teams"), ("三个以上团队或外部单位", "Three teams or more, or others outside")),
    _question("tests", "测试证据如何？", "What do the tests show?",
              ("与生产一致的环境中全部通过", "All passed in an environment like the real one"),
              ("测试环境通过", "Passed in a test environment"),
              ("部分测试", "Partly tested"), ("未测试", "Not tested")),
    _question("hours", "是否在服务时间内进行？", "Is it done in service hours?",
              ("维护窗口内", "In the maintenance window"), ("服务时间外", "Outside service hours"),
              ("服务时间内的低峰", "In service hours, when it is quiet"), ("服务高峰", "When it is busiest")),
    _question("data", "是否涉及数据、结构或安全？", "Does it touch data, structure or security?",
              ("不涉及", "No"), ("只读访问", "Reading only"), ("修改数据", "It changes data"),
              ("修改结构或权限", "It changes structure or rights")),
    _question("supplier", "是否依赖供应商？", "Does it depend on a supplier?",
              ("不依赖", "No"), ("供应商随时可用", "Yes, at hand at any time"), ("供应商工作时间可用", "Yes, in their office hours"),
              ("供应商未承诺", "Yes, without a promise")),
    _question("staff", "实施人员是否在岗？", "Are the people there who can do it?",
              ("两人以上在场", "Two or more present"), ("一人在场，一人待命", "One present, one on call"), ("仅一人", "Only one"),
              ("需他人远程", "Only somebody far away")),
]  # fmt: skip
SHIPPED_TRIGGERS = [
    {"code": "database_structure", "text": "修改核心数据库结构", "text_en": "Changes the structure of a core database"},
    {
        "code": "security_boundary",
        "text": "改变安全边界（防火墙、权限、密钥）",
        "text_en": "Moves a security boundary (firewall, rights, keys)",
    },
    {"code": "irreversible_data", "text": "不可恢复地修改或删除数据", "text_en": "Changes or deletes data beyond recovery"},
]
SHIPPED_THRESHOLDS = {"medium_from": 10, "high_from": 19}
