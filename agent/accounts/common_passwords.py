"""Which passwords are guessed first: words that lists of stolen passwords begin with, our own, and simple patterns.

A word counts with any case, with digits or signs around it, and with 0 for o, 1 for i, 3 for e, 4 or @ for a, 5 or $
for s; so a few words stand for the thousands that such lists hold.  Source: security requirement S-22.
"""

from __future__ import annotations

import re
from datetime import datetime

_SPOKEN = """
    password passwort passwd pass pwd admin administrator root user guest test tester demo default login welcome
    letmein changeme secret master superman batman dragon monkey football baseball sunshine princess iloveyou
    trustno shadow michael jennifer computer internet samsung google qwerty qwertyuiop asdfghjkl asdf zxcvbnm
    qazwsx qazwsxedc qwe asd zxc abc abcd aaa abcabc hello freedom whatever starwars pokemon killer charlie
    woaini woaiwojia mima wodemima zhongguo china beijing shanghai minhang xinzhuang pudong xuhui
    renhu station juzhu juzhuzheng juzhudengji dengji shenfenzheng renkou renkouban paichusuo gongan jingcha police
    clerk supervisor technician luruyuan zhuguan jishuyuan dengjitai
    人户 密码 我爱你 中国 上海 管理员 居住证 居住登记 派出所 公安 登记台 录入员 主管 技术员
"""
_WORDS = frozenset(_SPOKEN.split())
_ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_LEET = str.maketrans("013457@$", "oieastas")
_FEWEST_DIFFERENT = 4
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_common(password: str, name: str = "") -> bool:
    """Whether a guesser would soon have this password.

    Args:
        password: as it will be kept.
        name: of its user, which is guessed first.
    """
    text = password.casefold()
    bare = "".join(text.split())
    if len(set(bare)) < _FEWEST_DIFFERENT or _is_run(bare) or _is_date(bare) or _MOBILE.fullmatch(bare):
        return True
    words = _WORDS | ({name.casefold()} if name else frozenset())
    return any(_is_repeated(form, words) for form in _forms(bare))


def _forms(text: str) -> set[str]:
    bare = _AROUND.sub("", text)
    return {bare, bare.translate(_LEET), _AROUND.sub("", text.translate(_LEET))}


def _is_repeated(text: str, words: frozenset[str]) -> bool:
    """Whether a text is one of the words, once or several times."""
    return any(word and text == word * max(1, len(text) // len(word)) for word in words)


def _is_run(text: str) -> bool:
    """Whether a text is a stretch of the alphabet, the figures or the keyboard, there or back, once or twice."""
    half = text[: len(text) // 2]
    once = half if half * 2 == text and len(half) >= _FEWEST_DIFFERENT else text
    return any(once in row or once in row[::-1] for row in _ROWS)


def _is_date(text: str) -> bool:
    for shape in ("%Y%m%d", "%d%m%Y", "%m%d%Y"):
        try:
            if len(text) == 8 and datetime.strptime(text, shape):  # noqa: DTZ007 - a day, of which only whether it is one
                return True
        except ValueError:
            continue
    return False
