"""The place of the board that is looked at stays when the language changes: also a block, and what is not written."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("committee=测试一居&block=A01", ("测试一居", "Block A01")),
        ("committee=&block=", ("No committee", "Door not in the address base")),
        ("committee=测试一居&road=测试路&lane=", ("测试一居", "测试路")),
    ],
)
def test_a_list_of_the_board_stays_in_another_language(house: Any, asked: str, shown: tuple[str, str]) -> None:
    clerk = house.signed_in("clerk")
    answer = clerk.post("/language", {"language": "en", "back": f"/board/list?what=RG&{quote(asked, safe='=&')}"})
    if answer.status_code == 303:
        clerk.get(answer.headers["Location"])
    head = clerk.page.partition("<h1>")[2].partition("</h1>")[0]
    assert [text in head for text in shown] == [True, True], head
