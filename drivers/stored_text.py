"""Which text databases and pages can carry: the one rule for what comes from a card and for what is typed."""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with each unpaired surrogate and NUL replaced by U+FFFD: databases and HTTP refuse them."""
    return _UNSTORABLE.sub(REPLACEMENT, text)
