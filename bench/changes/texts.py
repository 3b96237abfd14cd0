"""What changes say, in Chinese and English."""

from itsm.core.wordsearch import indexed

RARE = {"zh": "鲸鱼", "en": "zanzibar"}
DOING = {
    "zh": ("安装安全补丁", "升级到新版本", "更换证书", "扩容磁盘", "调整连接数", "迁移到新主机", "按月分区", "切换主备", "收紧防火墙策略",
           "更新样式", "增加审核流程", "替换故障部件"),
    "en": ("install security patches", "move to the new version", "renew the certificate", "grow the disks", "raise the connection limit",
           "move to another host", "partition by month", "switch primary and standby", "narrow the firewall rules", "refresh the look",
           "add a review step", "replace a broken part"),
}  # fmt: skip
STEPS = {
    "zh": ("通知值班人员", "备份当前配置", "停止流量", "执行变更脚本", "重启服务", "核对版本", "验证业务功能", "恢复流量", "观察三十分钟"),
    "en": ("Tell those on duty", "Save the present configuration", "Drain the traffic", "Run the scripts", "Restart the service",
           "Compare the versions", "Try what customers do", "Let the traffic in", "Watch for half an hour"),
}  # fmt: skip
VARIANTS = 40


def phrases():
    """Rows beside those of `bench.texts`: `(kind, language, place from 0, text, text as the search index splits it)`."""
    return [("doing", language, place, text, indexed(text)) for language, texts in DOING.items() for place, text in enumerate(texts)]


def plans():
    """Rows `(language, place from 0, plan)`: plans of three to six steps."""
    return [(language, place, _plan(steps, place)) for language, steps in STEPS.items() for place in range(VARIANTS)]


def _plan(steps, place):
    chosen = [steps[(place + 2 * n) % len(steps)] for n in range(3 + place % 4)]
    return [{"words": words, "minutes": 5 + 5 * ((place + n) % 4)} for n, words in enumerate(chosen)]
