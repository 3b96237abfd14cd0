"""What is going on at the demo company today: the stories of the requirements, as open work in every state."""

from incidents.services import sweep_confirmations
from itsm.demo.company import Company
from itsm.demo.stage import Stage
from itsm.people.services import set_availability
from sla.services import sweep

SHOP_502 = (
    "收银台支付接口间歇返回 502",
    "大约三成订单支付失败，页面报 502，晚间活动马上开始，请立即处理。",
    "支付网关一台后端内存泄漏，已摘除并重启，支付成功率恢复到 99.7%。",
)
LATE_CODES = (
    "网上银行登录短信验证码延迟 3–5 分钟",
    "客户收不到验证码，等三五分钟才到，超时要重发，客服热线排队明显变长。",
    "短信通道拥塞，已切到备用通道，平均到达 6 秒。",
)
RECONCILING = (
    "每日对账文件 SFTP 推送超时，手工补传可用",
    "今天的对账文件没有按时到，日志显示连接 300 秒后超时。已手工补传，但每天人工处理风险太大。",
    "对端只接受新的密钥算法，我方客户端过旧。已升级客户端，连续推送正常。",
)
PING_PONG = (
    "库存显示与仓库实际不一致，三天了没人说得清",
    "上周五起盘点对不上，涉及两百多个 SKU。开发说是运维问题，运维说需求不明确，我们已经等了三天，请给一个负责人。",
    "出库回传接口超时未重试，已补传并加自动重试，差异全部核平。",
)
ALL_URGENT = (
    "【特急】【特急】办公软件打不开一个文件",
    "非常紧急！！！一个同事的表格打不开，其他人都正常，全部标特急请马上处理！！！",
    "文件保存时网络中断，已从前一天的版本恢复。",
)
NOT_BOUGHT = (
    "请恢复昨天误删的商品图片目录",
    "运营误删了一个图片目录，约 1,200 个文件，以为服务器租用里包含备份，请帮忙恢复。",
    "客户未购买数据备份服务，已说明并由客户从本地素材重新上传。",
)
LATE_REPORT = (
    "江北支行专线从早上开始时断时续",
    "网点早上就发现了，先打给了运营商，没有解决才转到我们，柜面系统每隔十几分钟断一次。",
    "运营商更换了尾纤，线路误码消失。",
)
BOSS_CALLS = (
    "董事长办公室视频会议没有声音",
    "董事长办公室的视频会议终端没有声音，十点有会。",
    "终端音频输出被切到耳机，已恢复并锁定设置。",
)


def happen(company: Company, now) -> int:
    """Play every story up to now, then let the clocks speak; returns how many incidents there are."""
    stage = Stage(company, now)
    for tell in (_of_the_core, _of_hand_overs, _of_waiting, _of_closing, _of_grading, _of_ordinary_work, _of_the_queue):
        tell(stage)
    count = stage.perform()
    sweep_confirmations(now)
    sweep(now)
    return count


def _of_the_core(stage):
    """One P1 on its way, one P2 whose promise is broken and whose lead was told, one P3 that paused over days."""
    wall, office = stage.wall, stage.office
    p1 = stage.story("checkout", "SG", "trade", wall(11), impact=1, urgency=1, text=SHOP_502, delay=1)
    p1.accept(wall(10)).reply(wall(9)).note(wall(5))
    late = stage.story("codes", "JL", "trade", wall(130), impact=1, urgency=2, text=LATE_CODES)
    late.accept(wall(126)).reply(wall(122)).note(wall(60))
    files = stage.story("files", "JL", "trade", office(760), text=RECONCILING, contact="sun.li", channel="mail")
    files.accept(office(752)).reply(office(751)).wait(office(640)).answer(office(280)).note(office(120))


def _of_hand_overs(stage):
    """Requirement 19: three days, nobody's, everybody's."""
    office = stage.office
    lost = stage.story("pingpong", "SG", "trade", office(1440), text=PING_PONG, contact="liu.chang", by="tang.wan")
    lost.accept(office(1410)).reply(office(1400))
    lost.hand(office(1200), "chen.ke", "看日志是接口超时，应该是网络问题，转云平台组。")
    lost.hand(office(960), "zhou.mingyuan", "网络正常，是应用没有重试，转回。")
    lost.hand(office(600), "xu.an", "需求没有写清楚重试规则，先确认运行环境。")
    lost.hand(office(240), "fang.yuan", "环境没有问题，请应用侧定一个负责人。")
    stage.story("moved", "HL", "server", office(200)).accept(office(190)).hand(office(120), "xu.an")


def _of_waiting(stage):
    """Clocks that stand still until the customer answers."""
    office = stage.office
    stage.story("wait-jl", "JL", "database", office(300)).accept(office(290)).wait(office(250))
    stage.story("wait-sg", "SG", "server", office(520), contact="liu.chang").accept(office(505)).note(office(500)).wait(office(430))
    stage.story("wait-hl", "HL", "desktop", office(240), contact="marcus.tan").accept(office(200)).wait(office(180))
    answered = stage.story("answered", "HL", "network", office(150)).accept(office(140)).wait(office(110))
    answered.answer(office(15))


def _of_closing(stage):
    """Solved and in the confirm window, confirmed, reopened, and by phone with the second person still to come."""
    office = stage.office
    stage.story("ask-1", "JL", "network", office(330)).accept(office(318)).resolve(office(200))
    stage.story("ask-2", "SG", "monitoring", office(280)).accept(office(260)).resolve(office(90))
    stage.story("ask-3", "HL", "trade", office(170)).accept(office(160)).resolve(office(35))
    stage.story("ask-4", "JL", "desktop", office(900)).accept(office(860)).resolve(office(700))
    again = stage.story("again", "SG", "network", office(400), contact="liu.chang").accept(office(390)).resolve(office(250))
    again.decide(office(150), solved=False)
    stage.story("thanks-1", "HL", "security", office(260)).accept(office(240)).resolve(office(130)).decide(
        office(60), solved=True, rating=5
    )
    stage.story("thanks-2", "JL", "server", office(220)).accept(office(210)).resolve(office(80)).decide(office(25), solved=True, rating=4)
    stage.story("call-1", "JL", "desktop", office(400), contact="zhou.yang").accept(office(370)).resolve(office(300)).call(office(45))
    stage.story("call-2", "JL", "backup", office(260), contact="zhou.yang").accept(office(230)).resolve(office(150))


def _of_grading(stage):
    """Everything is urgent to somebody: graded by impact, overridden with a reason, re-rated, not bought, logged late."""
    office, wall = stage.office, stage.wall
    stage.story("urgent", "SG", "desktop", office(130), impact=3, urgency=2, text=ALL_URGENT).accept(office(100))
    boss = {"impact": 3, "urgency": 1, "priority": 2, "reason": "十点有董事会，影响对外决策，值班经理同意提级。"}
    stage.story("boss", "JL", "desktop", office(45), text=BOSS_CALLS, contact="sun.li", **boss).accept(office(30))
    stage.story("worse", "HL", "monitoring", office(110)).accept(office(100)).rerate(office(50), 2, 1).reply(office(45))
    stage.story("unbought", "SG", "backup", office(75), text=NOT_BOUGHT, contact="liu.chang")
    late = "网点先打给了运营商，四十分钟后才转到服务台。"
    stage.story("late", "JL", "network", wall(50), impact=2, urgency=1, text=LATE_REPORT, delay=40, late=late).accept(wall(44)).reply(
        wall(40)
    )


def _of_ordinary_work(stage):
    """What every day brings."""
    office = stage.office
    stage.story("day-1", "JL", "desktop", office(70)).accept(office(40))
    stage.story("day-2", "SG", "security", office(95), channel="mail").accept(office(60)).note(office(50))
    stage.story("day-3", "HL", "monitoring", office(60), contact="marcus.tan", channel="chat").accept(office(35))
    stage.story("day-4", "JL", "server", office(25), by="tang.wan")
    stage.story("day-5", "SG", "network", office(18), channel="chat")
    stage.story("day-6", "HL", "desktop", office(12), impact=3, urgency=3)
    stage.story("day-7", "JL", "monitoring", office(240), impact=3, urgency=3).accept(office(150)).reply(office(140))


def _of_the_queue(stage):
    """More than the team can take: what nobody has room for waits in its queue, most urgent first."""
    office, company = stage.office, stage.company
    stage.plan(office(200), lambda at: set_availability(company.people["su.hang"], "busy", by=company.people["su.hang"], at=at))
    stage.story("queue-1", "HL", "database", office(90)).accept(office(70))
    stage.story("queue-2", "JL", "trade", office(22), contact="sun.li")
    stage.story("queue-3", "SG", "database", office(24), channel="mail")
    stage.story("queue-4", "JL", "backup", office(28), impact=3, urgency=2)
    stage.story("queue-5", "SG", "trade", stage.wall(6), impact=2, urgency=1)
