"""A field that no form has, or that nobody types, is refused, and nothing of the form that brings it is kept."""

from __future__ import annotations

import pytest

from peewee_models.drafts import DraftField
from webui.typed import READ_ONLY

STRANGE = [*sorted(READ_ONLY), "was.nonsense", "was.form_no"]


@pytest.fixture
def clerk(house):
    browser = house.signed_in("clerk")
    house.lay(house.card())
    house.lift()
    browser.get("/desk")
    return browser


def stored():
    return sorted((row.key, row.value) for row in DraftField.select())


@pytest.mark.parametrize("field", STRANGE)
def test_a_draft_takes_no_field_that_nobody_types(clerk, field):
    act, before = clerk.action("keep"), stored()
    form = clerk.form(road=f"测试{field}路")
    assert clerk.post(act, form | {field: "1"}).status_code == 400
    assert stored() == before
    clerk.post(act, form)
    assert ("road", f"测试{field}路") in stored()
