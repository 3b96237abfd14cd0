"""Papers: the same words give the same bytes, and text is never markup."""

import pytest

from itsm.documents import paper

BLOCKS = [
    paper.facts([("编号", "AUD-000001")]), paper.heading("发现"), paper.table(["No", "Gap"], [["1", "#panic() $x$ *b* ]"]], [1, 4]),
    paper.text("a\nb"), paper.items(["x"]), paper.quiet("y"), paper.signature([("签字", "王五")]),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_same_words_give_the_same_bytes(language):
    first, second = (paper.printed("报告 #1", BLOCKS, language=language, mark="m", foot="f") for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert len(paper.sha256(first)) == 64


def test_other_words_give_other_bytes():
    said = paper.printed("报告", [paper.text("one")], language="en")
    assert said != paper.printed("报告", [paper.text("two")], language="en")


def test_an_empty_table_prints():
    assert paper.printed("t", [paper.table(["a"], [])], language="en").startswith(b"%PDF-")
