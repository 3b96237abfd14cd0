"""The demo company on paper: ten people, three teams, eight services, three customers. Pure data; `company` makes them real."""

from dataclasses import dataclass

PASSWORD = "demo-demo"
OWN = ("yunxiu", "云岫科技", "Yunxiu Technology")


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of the ten. Roles are `role` or `role@team`; `tries` (zh, en) says what to try when signed in as them."""

    username: str
    name: str
    roles: tuple[str, ...]
    post: tuple[str, str]
    tries: tuple[str, str]
    capacity: int = 8


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody at a customer; without `mail` they can only be called."""

    username: str
    name: str
    phone: str
    mail: bool = True
    represents: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A customer with its people; `lacks` are services it has not bought."""

    code: str
    key: str
    name: str
    language: str
    zone: str
    people: tuple[Outsider, ...]
    lacks: tuple[str, ...] = ()


COLLEAGUES = (
    Colleague(
        "lin.zhixia",
        "林知夏",
        ("service_desk@desk", "engineer@desk"),
        ("服务台", "Service desk"),
        ("60 秒内登记一个来电", "Log a call in under a minute"),
    ),
    Colleague("chen.ke", "陈可", ("engineer@platform",), ("工程师", "Engineer"), ("在到期前解决队列里的工单", "Solve what runs out first")),
    Colleague(
        "xu.an",
        "许安",
        ("engineer@platform", "supervisor@platform"),
        ("组长，工程师", "Team lead, engineer"),
        ("看谁快超时，转派一单", "See who runs late and hand one over"),
    ),
    Colleague(
        "zhou.mingyuan",
        "周明远",
        ("engineer@data",),
        ("工程师", "Engineer"),
        ("向客户提问，让时钟暂停", "Ask the customer and watch the clock pause"),
    ),
    Colleague(
        "fang.yuan",
        "方远",
        ("ops_lead@data", "engineer@data", "supervisor@data"),
        ("运维负责人", "Operations lead"),
        ("处理排队中无人认领的工单", "Look after what waits for an owner"),
    ),
    Colleague(
        "su.hang",
        "苏航",
        ("tester@data", "engineer@platform", "engineer@data", "engineer@desk"),
        ("测试，工程师", "Tester, engineer"),
        ("补位三个组的工单", "Fill in for three teams"),
    ),
    Colleague(
        "shen.ruoning",
        "沈若宁",
        ("service_manager", "tech_lead", "supervisor@desk"),
        ("IT服务经理，技术主管", "IT service manager, technical lead"),
        ("看承诺是否守住", "See whether promises are kept"),
    ),
    Colleague(
        "tang.wan",
        "唐婉",
        ("product_manager", "service_desk@desk"),
        ("产品经理", "Product manager"),
        ("看服务目录写清了什么", "Read what the catalogue promises"),
    ),
    Colleague(
        "he.ye", "何叶", ("internal_auditor",), ("内审员", "Internal auditor"), ("找一张没有客户签字的工单", "Find a ticket nobody signed")
    ),
    Colleague(
        "gu.ming", "顾铭", ("top_management",), ("最高管理者", "Top management"), ("一眼看懂这个月", "Understand the month at a glance")
    ),
)

TEAMS = {
    "desk": ("服务台", "Service desk", "shen.ruoning"),
    "platform": ("云平台组", "Cloud platform", "xu.an"),
    "data": ("应用与数据组", "Applications and data", "fang.yuan"),
}
ROTA = {"desk": ("lin.zhixia", "su.hang"), "platform": ("xu.an", "chen.ke"), "data": ("zhou.mingyuan", "fang.yuan")}
WORKERS = {
    "desk": ("lin.zhixia", "su.hang"),
    "platform": ("chen.ke", "xu.an", "chen.ke"),
    "data": ("zhou.mingyuan", "fang.yuan", "zhou.mingyuan", "su.hang"),
}

TEAM_OF = {
    "network": "platform",
    "server": "platform",
    "monitoring": "platform",
    "security": "platform",
    "desktop": "desk",
    "database": "data",
    "backup": "data",
    "trade": "data",
}
TIER_OF = {
    **dict.fromkeys(("network", "server", "database", "trade"), "core"),
    **dict.fromkeys(("monitoring", "security", "desktop", "backup"), "non_core"),
}

CLIENTS = (
    Client(
        "jianglan",
        "JL",
        "江岚银行",
        "zh-hans",
        "Asia/Shanghai",
        (
            Outsider("wu.tong", "吴桐", "021-5550-0117"),
            Outsider("sun.li", "孙莉", "021-5550-0142"),
            Outsider("zhou.yang", "周洋", "021-5550-0163", mail=False),
            Outsider("zheng.lan", "郑岚", "021-5550-0101", represents=True),
        ),
    ),
    Client(
        "shiguang",
        "SG",
        "拾光商城",
        "zh-hans",
        "Asia/Shanghai",
        (
            Outsider("qin.xi", "秦溪", "0571-5550-0208"),
            Outsider("liu.chang", "刘畅", "0571-5550-0231"),
            Outsider("huang.jia", "黄佳", "0571-5550-0200", represents=True),
        ),
        lacks=("backup",),
    ),
    Client(
        "harbourline",
        "HL",
        "Harbourline Logistics",
        "en",
        "Asia/Singapore",
        (
            Outsider("priya.nair", "Priya Nair", "+65 5550 0310"),
            Outsider("marcus.tan", "Marcus Tan", "+65 5550 0342"),
            Outsider("chloe.lim", "Chloe Lim", "+65 5550 0300", represents=True),
        ),
    ),
)

_BY_CATEGORY = {
    **dict.fromkeys(("26", "32", "51"), "desktop"),
    **dict.fromkeys(("42", "45"), "trade"),
    **dict.fromkeys(("53", "61"), "network"),
    **dict.fromkeys(("46", "57"), "server"),
    **dict.fromkeys(("37", "24"), "database"),
    "9": "security",
    "20": "monitoring",
    "23": "backup",
}
_REST = tuple(TIER_OF)
_SHARES = "JJJJJSSSHH"
_BY_SHARE = {"J": CLIENTS[0], "S": CLIENTS[1], "H": CLIENTS[2]}


def client_of(history):
    """The demo customer that stands for the caller of a real incident."""
    return _BY_SHARE[_SHARES[_number(history.caller) % len(_SHARES)]]


def service_of(history):
    """The demo service that stands for the category of a real incident; what was not bought is rarely asked for."""
    service = _BY_CATEGORY.get(history.category) or _REST[_number(history.category) % len(_REST)]
    lacking = service in client_of(history).lacks
    return "server" if lacking and _number(history.ref) % 25 else service


def worker_of(source_id, team):
    """The colleague in a team who stands for a person of the source, or None for nobody."""
    return WORKERS[team][_number(source_id) % len(WORKERS[team])] if source_id else None


def _number(text):
    """The number at the end of a name of the source, such as "Caller 2403"."""
    last = (text or "").rpartition(" ")[2]
    return int(last) if last.isdigit() else len(last)
