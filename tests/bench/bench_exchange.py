"""A file of 100,000 people taken into an encrypted register, by dry run and by run, and given away again.

Through the service that the pages call: each row judged by the rules of the form, with its household, origins, audit
row and outbox row, a batch a durable transaction, the finding index following.  The peer of the run is as many
people put in by the engine alone, neither judged nor told nor audited, and without waiting for the disk.

`RENHU_BENCH_ROWS` makes it smaller, to try it out.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import random
import sys
import time
from collections.abc import Callable

import large_register
from table import Row

from agent.accounts.service import AccountsPolicy, AccountsService, SignedIn
from agent.exchange.service import ExchangeService
from agent.exchange.views import ExportWish
from peewee_models import finding_index
from peewee_models.accounts import User

ROWS = int(os.environ.get("RENHU_BENCH_ROWS", "100000"))
THERE = 1000
HEADS = (
    *("姓名", "身份证号", "民族", "户籍地址", "是否现役军人或武警", "来沪日期", "入住本址日期", "居住事由", "证明类别"),
    *("街道", "居委会", "路名", "弄", "号", "室", "居住处所", "手机", "文化程度", "已告知"),
)


def rows() -> list[Row]:
    """Take the file in, give it away, and compare."""
    with large_register.large_register(ROWS) as peer:
        peer_s = peer.built_s
    with large_register.large_register(THERE) as ready:
        accounts = AccountsService(ready.store, ready.register.place.clock, AccountsPolicy(memory_kib=64, passes=1))
        password = next(one["password"] for one in accounts.create_demo_users() if one["role"] == "supervisor")
        boss = accounts.sign_in("supervisor", password)
        another = _second(ready, accounts, password)
        exchange = ExchangeService(ready.register, accounts)
        checked_s, run_s = _imported(exchange, boss, password)
        faults = finding_index.faults(ready.store)
        given = {
            kind: _s(lambda kind=kind: _given(exchange, boss, password, another, kind)) for kind in ("csv", "xlsx")
        }
    named = f"{ROWS:,} rows"
    return [
        Row(f"{named}: import, s", run_s, peer_s, "rows alone", 60.0, {"ours": [run_s], "peer": [peer_s]}),
        Row(f"{named}: dry run, s", checked_s, None, "", 60.0, {"ours": [checked_s]}),
        Row(f"{named}: index faults after the import", float(faults), None, "", 0.0),
        *(
            Row(f"{named}: export {kind.upper()}, s", took, None, "", 60.0, {"ours": [took]})
            for kind, took in given.items()
        ),
    ]


def _second(ready: large_register.LargeRegister, accounts: AccountsService, password: str) -> tuple[SignedIn, str]:
    """Another supervisor, who agrees to what leaves, and their password; nobody has opened their account of late."""
    with ready.store.write():
        known = User.get(User.role == "supervisor").password_hash
        now = ready.register.place.clock.now()
        User.create(name="second", role="supervisor", password_hash=known, created_at=now)
    return accounts.sign_in("second", password), password


def _imported(exchange: ExchangeService, boss: SignedIn, password: str) -> tuple[float, float]:
    """Seconds of the dry run, and of the run; both with reading the file."""
    imports = exchange.imports
    imports.take(_file(), boss)
    seen = imports.look(boss)
    assert seen is not None
    keys = [column.key for column in seen.columns]

    def check() -> None:
        imports.check(keys, seen.constants, {}, boss)
        imports.wait()

    def run() -> None:
        imports.run(boss, password)
        imports.wait()

    took = _s(check), _s(run)
    done = imports.look(boss)
    assert done is not None
    assert done.state == "done", done.error_code
    assert done.counts.made >= 0.99 * ROWS, done.counts
    return took


def _given(exchange: ExchangeService, boss: SignedIn, password: str, another: tuple[SignedIn, str], kind: str) -> None:
    columns = tuple(key for key, _, is_usual in exchange.given("zh") if is_usual)
    wish = ExportWish(
        columns=columns, file_kind=kind, receiver="测试", purpose="测试", is_full=True, full_reason="测试"
    )
    asked = exchange.exports.make(wish, boss, password)
    if asked.is_asked:
        second, phrase = another
        exchange.requests.agree(asked.id, second, phrase)
        exchange.exports.make_agreed(asked.id, boss, password)


def _file() -> bytes:
    """The people who come after those that are there."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for one in itertools.islice(large_register.people(random.Random(7), THERE + ROWS), THERE, None):
        days, where = ["2026-01-02", "2026-01-03"], [one[key] for key in ("road", "lane", "no", "room")]
        said = [one["name"], one["id_no"], "汉族", one["hukou_address"], "否", *days, "随迁亲属", "租赁合同登记备案"]
        writer.writerow([*said, "莘庄镇", one["committee"], *where, one["place_type"], one["mobile"], "高中", "是"])
    return text.getvalue().encode()


def _s(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


if __name__ == "__main__":
    from table import show

    sys.exit(0 if show(rows()) else 1)
