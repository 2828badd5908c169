"""All that a clerk can type into the form, beside all that stood there before, fits one request: nothing is lost."""

from __future__ import annotations

import re

TYPED = re.compile(
    r'<(?:input class="control"|textarea class="control" rows="1") (?:maxlength="(\d+)" )?id="[^"]+" name="([^"]+)"'
)


def longest(page: str) -> dict[str, str]:
    """As much as a browser lets be typed into each field; a character takes nine bytes in a form."""
    found = {name: most for most, name in TYPED.findall(page)}
    assert len(found) > 30
    assert all(found.values()), [name for name, most in found.items() if not most]
    return {name: "汉" * int(most) for name, most in found.items()}


def test_a_form_full_to_the_brim_is_kept(house):
    clerk = house.signed_in("clerk")
    clerk.get("/desk")
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    typed = longest(clerk.page)
    assert clerk.post(clerk.action("keep"), clerk.form(**typed)).status_code == 303
    clerk.get("/desk")
    # What stood there before comes along a second time, and has its room too.
    again = {name: text.replace("汉", "字") for name, text in typed.items()}
    sent = clerk.form(**again)
    assert clerk.post(clerk.action("keep"), sent).status_code == 303
    clerk.get("/desk")
    for key in ("name", "hukou_address", "road"):
        assert again[key] in clerk.page
    assert clerk.post(clerk.action("keep"), clerk.form(name="汉" * 30_000)).status_code == 413
