"""The types of configuration items that every installation begins with: code, Chinese name, English name, icon, order."""

ICONS_OF_TYPES = {
    "server": "server",
    "database": "database",
    "application": "app-window",
    "network": "network",
    "storage": "server-2",
    "cloud": "cloud",
    "document": "file-text",
    "service": "heart-handshake",
}
TYPES = (
    ("server", "服务器", "Server", ICONS_OF_TYPES["server"], 10),
    ("database", "数据库", "Database", ICONS_OF_TYPES["database"], 20),
    ("application", "应用系统", "Application", ICONS_OF_TYPES["application"], 30),
    ("network", "网络设备", "Network", ICONS_OF_TYPES["network"], 40),
    ("storage", "存储", "Storage", ICONS_OF_TYPES["storage"], 50),
    ("cloud", "云服务", "Cloud service", ICONS_OF_TYPES["cloud"], 60),
    ("document", "文档", "Document", ICONS_OF_TYPES["document"], 70),
    ("service", "服务", "Service", ICONS_OF_TYPES["service"], 80),
)
SERVICE_TYPE = "service"
"""The type that only services of the catalogue have."""
