"""What the demo company's services are made of: configuration items and how they hang on one another."""

from django.db import transaction

from catalog import authority
from catalog import services as catalog
from catalog.models import ConfigurationItem, ItemType
from catalog.services import relations
from itsm.demo.company import Company

KEEPER = "fang.yuan"
ITEMS = (
    ("FW-01", "边界防火墙", "network", "xu.an", {"型号": "FG-200F", "固件": "7.4.3"}, ()),
    ("SW-CORE-01", "核心交换机", "network", "xu.an", {"固件": "10.5.2"}, (("depends_on", "FW-01"),)),
    ("LB-01", "负载均衡", "network", "xu.an", {"版本": "2.9"}, (("depends_on", "SW-CORE-01"),)),
    ("VPN-01", "远程接入网关", "network", "xu.an", {}, (("depends_on", "FW-01"),)),
    ("SAN-01", "集中存储", "storage", "xu.an", {"容量": "48 TB", "固件": "8.1"}, ()),
    ("HOST-01", "虚拟化主机一", "server", "xu.an", {"内存": "512 GB"}, (("depends_on", "SAN-01"), ("depends_on", "SW-CORE-01"))),
    ("HOST-02", "虚拟化主机二", "server", "xu.an", {"内存": "512 GB"}, (("depends_on", "SAN-01"), ("depends_on", "SW-CORE-01"))),
    ("WEB-01", "前端服务器一", "server", "chen.ke", {"系统": "Debian 12"}, (("runs_on", "HOST-01"),)),
    ("WEB-02", "前端服务器二", "server", "chen.ke", {"系统": "Debian 12"}, (("runs_on", "HOST-02"),)),
    ("APP-01", "应用服务器一", "server", "chen.ke", {"内存": "64 GB"}, (("runs_on", "HOST-01"),)),
    ("APP-02", "应用服务器二", "server", "chen.ke", {"内存": "64 GB"}, (("runs_on", "HOST-02"),)),
    ("DBS-01", "数据库服务器主", "server", "zhou.mingyuan", {"内存": "256 GB"}, (("runs_on", "HOST-01"),)),
    ("DBS-02", "数据库服务器备", "server", "zhou.mingyuan", {"内存": "256 GB"}, (("runs_on", "HOST-02"),)),
    ("DB-TRADE", "交易库", "database", "zhou.mingyuan", {"版本": "PostgreSQL 16.4"}, (("runs_on", "DBS-01"), ("depends_on", "DBS-02"))),
    ("DB-REPORT", "报表库", "database", "zhou.mingyuan", {"版本": "PostgreSQL 16.4"}, (("runs_on", "DBS-02"),)),
    ("APP-PAY", "支付网关", "application", "zhou.mingyuan", {"版本": "3.15"},
     (("runs_on", "APP-01"), ("runs_on", "APP-02"), ("depends_on", "DB-TRADE"))),
    ("APP-SHOP", "收银台", "application", "zhou.mingyuan", {"版本": "4.9"},
     (("runs_on", "WEB-01"), ("runs_on", "WEB-02"), ("depends_on", "APP-PAY"))),
    ("APP-RECON", "对账程序", "application", "zhou.mingyuan", {"版本": "1.9"}, (("runs_on", "APP-02"), ("depends_on", "DB-TRADE"))),
    ("MON-01", "监控平台", "application", "chen.ke", {"版本": "6.3"}, (("runs_on", "HOST-02"),)),
    ("BAK-01", "备份系统", "application", "zhou.mingyuan", {"版本": "12.1"}, (("depends_on", "SAN-01"),)),
    ("OSS-01", "对象存储（云）", "cloud", "xu.an", {"地域": "上海"}, ()),
    ("SMS-01", "短信通道（云）", "cloud", "xu.an", {}, ()),
    ("IMG-01", "办公电脑标准镜像", "document", "lin.zhixia", {"版本": "2026-09"}, ()),
)  # fmt: skip
SERVICES = {
    "network": ("SW-CORE-01", "FW-01", "VPN-01"), "server": ("HOST-01", "HOST-02"), "database": ("DB-TRADE", "DB-REPORT"),
    "trade": ("APP-SHOP", "APP-RECON", "SMS-01"), "monitoring": ("MON-01",), "backup": ("BAK-01", "OSS-01"), "security": ("FW-01",),
    "desktop": ("IMG-01",),
}  # fmt: skip
"""Which items a service of the catalogue hangs on."""


def build(company: Company):
    """Register everything as of the founding; returns the items by their codes."""
    keeper = company.people[KEEPER]
    types, items = {kind.code: kind for kind in ItemType.objects.all()}, {}
    for code, name, kind, owner, details, parents in ITEMS:
        item = ConfigurationItem(code=code, name=name, type=types[kind], owner=company.people[owner], details=details, description=name)
        hangs = [(how, items[parent]) for how, parent in parents]
        items[code] = catalog.register_item(item, by=keeper, relations=hangs, at=company.founded_at)
    for code, parents in SERVICES.items():
        for parent in parents:
            with transaction.atomic(), authority.under(company.services[code]):
                relations.hang(company.services[code].item, "depends_on", items[parent])
    return items
