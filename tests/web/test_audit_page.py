"""The supervisor has the audit rows looked over, sees where they break, and compares a mark that was noted."""

from __future__ import annotations

import re

from agent.accounts.storage import writing
from peewee_models.audit import AuditEntry


def look(browser, mark=""):
    answer = browser.post("/audit", {"mark": mark})
    if answer.status_code == 303:
        browser.get("/audit")
    return answer.status_code


def test_the_rows_are_looked_over_on_order_and_a_broken_one_is_named(house):
    supervisor = house.signed_in("supervisor")
    supervisor.get("/audit")
    assert "还没有核对过" in supervisor.page
    assert look(supervisor) == 303
    mark = re.search(r'<code id="mark">(\d+-[0-9a-f]{16})</code>', supervisor.page)[1]
    assert "首尾相扣" in supervisor.page
    assert AuditEntry.select().order_by(AuditEntry.seq.desc()).get().action == "audit.looked-over"
    assert look(supervisor, f" {mark[:-4].upper()} {mark[-4:]}") == 303
    assert f"抄下的标记 {mark} 也相符" in supervisor.page
    assert look(supervisor, mark[:-1] + ("0" if mark[-1] != "0" else "1")) == 303
    assert f"审计记录第 {mark.partition('-')[0]} 行与抄下的标记不符" in supervisor.page
    for nonsense in ("x", "0-0123456789abcdef", mark[:-1]):
        assert look(supervisor, nonsense) == 422
        assert re.search(r'id="noted"[^>]*aria-invalid="true" aria-describedby="sentence"', supervisor.page)
    with writing(house.station.register.place.store):
        AuditEntry.update(action="test.other").where(AuditEntry.seq == 2).execute()
    look(supervisor)
    assert "从第 2 行起对不上" in supervisor.page
    assert 'id="mark"' not in supervisor.page
