"""Whether a cause is one: it does not say the finding again, and it does not stop at "human error" (domain: corrective action)."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

SAME = 0.7
"""From this share of a cause's letter pairs that stand in the finding, it says nothing new."""
TOO_SHORT = 6
"""Letters that must be left of a cause, a Chinese one counting twice."""

BLAME = (
    "human error", "operator error", "human mistake", "human factors", "human factor", "user error", "carelessness", "careless",
    "negligence", "forgetfulness", "forgotten", "forgot", "inattention", "oversight", "mistakes", "mistake", "errors", "error", "human",
    "人为失误", "人为错误", "人为因素", "人为疏忽", "人为原因", "操作失误", "操作错误", "工作疏忽", "疏忽大意", "责任心不强",
    "责任心不足", "责任意识不足", "意识不足", "意识不强", "意识薄弱", "不够认真", "不认真", "不细心", "不小心", "粗心大意", "粗心",
    "疏忽", "大意", "失误", "忘记了", "忘记", "遗忘", "忘了", "人为",
)  # fmt: skip
FILLERS = (
    "it", "was", "were", "is", "a", "an", "the", "due", "to", "because", "of", "by", "from", "caused", "cause", "simple", "pure",
    "just", "only", "engineer", "engineers", "agent", "agents", "staff", "person", "people", "employee", "employees", "colleague",
    "colleagues", "operator", "technician", "our", "one", "somebody", "he", "she", "they", "who", "made", "and", "or", "do", "did",
    "not", "this", "that", "work",
)  # fmt: skip
FILLERS_ZH = (
    "由于", "因为", "原因是", "原因为", "原因", "根本", "主要", "所致", "导致", "造成", "引起", "属于", "系", "是", "的", "了", "员工",
    "人员", "工程师", "客服", "同事", "相关", "个人", "本人", "经办人", "处理人", "操作人员", "工作", "纯属", "一时", "单纯", "仅",
    "存在", "有",
)  # fmt: skip


def refusal(cause, said):
    """Why this text is no cause, as a sentence, or None; said: the texts of the finding."""
    if _is_blame(cause):
        return _(
            "“Human error” alone is no cause. Say what let it happen and what would have stopped it: a step, a tool, a check, knowledge."
        )
    pairs = _pairs(cause)
    found = [_pairs(text) for text in (*said, " ".join(said))]
    if any(len(pairs & other) >= SAME * len(pairs) for other in found if other):
        return _("This says again what was found. Say why it could happen.")
    return None


def _is_blame(cause):
    """Whether nothing is left of a cause once blaming words and words that say nothing are taken out."""
    text, blamed = unicodedata.normalize("NFKC", cause).lower(), False
    for phrase in BLAME:
        if phrase in text:
            text, blamed = text.replace(phrase, " "), True
    for word in FILLERS_ZH:
        text = text.replace(word, " ")
    left = [word for word in re.findall(r"\w+", text) if word not in FILLERS]
    weight = sum(2 if letter > "\u2e7f" else 1 for word in left for letter in word)
    return blamed and weight < TOO_SHORT


def _pairs(text):
    """The pairs of neighbouring letters of a text, spaces and punctuation left out."""
    letters = "".join(re.findall(r"\w", unicodedata.normalize("NFKC", text).lower()))
    return {letters[i : i + 2] for i in range(len(letters) - 1)} or {letters}
