"""What customers say, in Chinese and English: enough of it that no two tickets are quite alike."""

from itsm.core.wordsearch import indexed

RARE = {"zh": "鲸鱼", "en": "zanzibar"}
"""Words that only about twenty incidents hold, however many there are."""

SYSTEMS = {
    "zh": ("网银渠道", "收银台", "核心数据库", "订单中心", "堡垒机", "邮件网关", "文件存储", "负载均衡", "消息队列", "监控平台",
           "备份系统", "单点登录", "短信通道", "报表平台", "仓储系统", "专线", "域名解析", "容器集群", "支付网关", "呼叫中心"),
    "en": ("Online banking", "Checkout", "Core database", "Order hub", "Bastion host", "Mail gateway", "File store", "Load balancer",
           "Message queue", "Monitoring", "Backup", "Single sign-on", "SMS channel", "Reporting", "Warehouse", "Leased line",
           "Name service", "Container cluster", "Payment gateway", "Call centre"),
}  # fmt: skip
SYMPTOMS = {
    "zh": ("响应很慢", "间歇超时", "无法登录", "页面空白", "连接被拒绝", "磁盘告警", "证书即将过期", "数据不一致", "任务失败",
           "重复扣款", "内存占用过高", "主从延迟", "提示权限不足", "上传中断", "报表为空", "消息积压", "部分用户打不开",
           "重启后恢复又出现"),
    "en": ("responds slowly", "times out now and then", "rejects every sign-in", "shows a blank page", "refuses connections",
           "disk almost full", "certificate expires soon", "figures do not match", "nightly job failed", "charged twice",
           "memory keeps growing", "replica lags", "permission denied", "upload breaks off", "report is empty", "messages pile up",
           "some users cannot open it", "came back after a restart"),
}  # fmt: skip
SENTENCES = {
    "zh": ("今天上午九点左右开始出现", "大约三成的请求受到影响", "已经尝试重启服务但没有改善", "监控上可以看到连接数突然升高",
           "昨天晚上做过一次变更", "分行柜员反映办理业务时一直转圈", "日志里有大量的重试记录", "切换到备用节点之后暂时正常",
           "希望尽快给出原因和预计恢复时间", "同一机房的其他系统没有异常", "只有移动端受影响", "错误提示为网络异常请稍后再试",
           "客户已经投诉两次", "数据库慢查询明显增多", "防火墙策略没有调整过", "附件中有截图和时间点", "高峰时段更加明显",
           "联系人全天可以配合排查"),
    "en": ("It began at about nine this morning", "Roughly a third of all requests are affected",
           "A restart of the service did not help", "Monitoring shows a sudden rise of connections", "There was a change last night",
           "Tellers report an endless spinner", "The log is full of retries", "Switching to the standby node helped for a while",
           "Please tell us the cause and an estimate", "Other systems in the same room are fine", "Only the mobile app is affected",
           "The message says that the network failed", "The customer has complained twice", "Slow queries have clearly increased",
           "The firewall was not touched", "Screenshots with times are attached", "It is worse at peak hours",
           "The contact is available all day"),
}  # fmt: skip
KINDS = {"system": SYSTEMS, "symptom": SYMPTOMS, "sentence": SENTENCES, "rare": {lang: (word,) for lang, word in RARE.items()}}


def phrases():
    """Rows for the loader: `(kind, language, place from 0, text, text as the search index splits it)`."""
    return [
        (kind, language, place, text, indexed(text))
        for kind, languages in KINDS.items()
        for language, texts in languages.items()
        for place, text in enumerate(texts)
    ]
