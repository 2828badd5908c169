"""Every fault of the simulated camera does on the wire what its name says, and is over when it is switched off."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image, UnidentifiedImageError

from simulators.camera_fault_table import (
    ABILITY_FAULTS,
    EXIF_FAULTS,
    FAULTS,
    FILE_KINDS,
    HOSTILE_NAMES,
    REFUSALS,
)

if TYPE_CHECKING:
    from conftest import Bench, Client

    TextAt = Callable[[bytes, int], tuple[str, int]]

OK, BUSY = 0x2001, 0x2019
CARD, MEMORY = 0, 1
ROOT = 0xFFFFFFFF


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def capture(client: Client, target: int = CARD) -> int:
    return client.ask(0x9207, ROOT, target).code


def names(bench: Bench) -> list[str]:
    return [stored.file.name for stored in bench.camera.store.pictures()]


def test_there_are_enough_of_them_and_each_allows_its_own_defaults() -> None:
    assert len(FAULTS) >= 25
    assert all(fault.check({}) is not None for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
def test_all_is_well_once_a_fault_is_switched_off(bench: Bench, name: str) -> None:
    bench.on(name)
    bench.off(name)
    assert bench.camera.faults.active() == {}
    client = bench.opened()
    assert opened(client.picture()).size == (1000, 750)
    assert opened(client.begin_preview().frame()).size == (640, 480)


def test_no_focus(bench: Bench, client: Client) -> None:
    bench.on("out-of-focus")
    assert (capture(client), client.wait_ready(), client.events()) == (OK, 0xA002, [])
    bench.on("out-of-focus", when="release")
    assert capture(client) == 0xA002
    bench.on("out-of-focus", command="focus")
    assert client.ask(0x90C1).code == 0xA002
    assert names(bench) == []
    assert opened(client.picture()).size == (1000, 750)


def test_the_card_is_full(bench: Bench, client: Client) -> None:
    bench.on("store-full")
    assert client.ask(0x1005, 0x00010001).data[14:26] == bytes(12)
    assert (capture(client), capture(client, MEMORY)) == (0x200C, 0x200C)
    bench.on("store-full", target="card")
    assert (capture(client), len(client.shoot(MEMORY))) == (0x200C, 1)


def test_there_is_no_card(bench: Bench, client: Client) -> None:
    (handle,) = client.shoot()
    bench.on("no-card")
    assert client.ask(0x1004).data == b"\1\0\0\0\0\0\1\0"
    assert client.ask(0x1005, 0x00010001).code == 0x2013
    assert (capture(client), capture(client, MEMORY), client.ask(0x1009, handle).code) == (0x2013, 0x2013, 0x2009)
    assert client.ask(0x1007, 0x00010001, 0, 0).data == bytes(4)
    bench.off("no-card")
    assert client.ask(0x1009, handle).code == OK


def test_the_battery_is_low(bench: Bench, client: Client) -> None:
    bench.on("battery-low", level=20)
    assert (client.ask(0x1015, 0x5001).data, len(client.shoot())) == (b"\x14", 1)
    bench.on("battery-low")
    assert (client.ask(0x1015, 0x5001).data, capture(client), client.ask(0x9201).code) == (b"\3", 0xA004, 0xA004)
    assert client.ask(0x1015, 0xD1A4).data == b"\0\1\0\0"


def test_busy_for_a_while_and_for_ever(bench: Bench, client: Client) -> None:
    bench.on("busy", count=3)
    assert [client.ask(0x90C8).code for _ in range(5)] == [BUSY, BUSY, BUSY, OK, OK]
    bench.on("busy-forever", command="capture")
    assert {capture(client) for _ in range(30)} == {BUSY}
    assert client.ask(0x90C8).code == client.ask(0x1015, 0x5001).code == OK


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(bench: Bench, client: Client, name: str) -> None:
    (handle,) = client.shoot()
    bench.on(name, status="2002", count=1)
    wishes = {
        "capture-refused": (0x9207, ROOT, CARD),
        "delete-refused": (0x100B, handle),
        "setting-refused": (0x1016, 0x500F),
        "file-refused": (0x1009, handle),
    }
    data = b"\xc8\0" if name == "setting-refused" else None
    assert [client.ask(*wishes[name], data=data).code for _ in range(2)] == [0x2002, OK]


def test_files_that_are_no_whole_jpeg(bench: Bench, client: Client) -> None:
    whole = len(client.picture())
    bench.on("truncated-jpeg")
    assert len(client.picture()) < 0.6 * whole
    bench.on("zero-byte")
    assert client.picture() == b""
    bench.on("huge-file", megabytes=3)
    huge = client.picture()
    assert (len(huge), opened(huge).size) == (3_000_000, (1000, 750))
    bench.on("bomb")
    with pytest.raises((Image.DecompressionBombError, UnidentifiedImageError)):
        opened(client.picture())
    for kind in FILE_KINDS:
        bench.on("not-a-jpeg", kind=kind)
        with pytest.raises(UnidentifiedImageError):
            opened(client.picture())


def test_a_damaged_file_is_as_long_as_a_whole_one(bench: Bench, client: Client) -> None:
    wholes = {client.picture() for _ in range(3)}
    bench.on("bad-jpeg")
    damaged = client.picture()
    assert len(damaged) in {len(whole) for whole in wholes}
    assert damaged not in wholes
    assert min(sum(a != b for a, b in zip(damaged, whole, strict=False)) for whole in wholes) > 100


@pytest.mark.parametrize(("what", "announced"), [("more", 7), ("fewer", -7), ("info", 0)])
def test_lengths_that_are_wrong(bench: Bench, client: Client, what: str, announced: int) -> None:
    bench.on("wrong-length", what=what, wrong_bytes=7)
    (handle,) = client.shoot()
    reply = client.ask(0x1009, handle)
    assert reply.announced - len(reply.data) == announced
    assert client.info(handle).size - len(reply.data) == (7 if what == "info" else 0)


@pytest.mark.parametrize("text", HOSTILE_NAMES)
def test_hostile_names(bench: Bench, client: Client, text: str) -> None:
    bench.on("hostile-name", text=text)
    (handle,) = client.shoot()
    assert client.info(handle).name == HOSTILE_NAMES[text][:254]
    assert opened(client.fetch(handle)).size == (1000, 750)


@pytest.mark.parametrize("what", EXIF_FAULTS)
def test_hostile_notes(bench: Bench, client: Client, what: str) -> None:
    bench.on("hostile-exif", what=what)
    data = client.picture()
    assert data[:4] == b"\xff\xd8\xff\xe1"
    assert b"SIMULATED" not in data[: 2 + int.from_bytes(data[4:6], "big")]
    image = opened(data)
    assert image.size == (1000, 750)
    if what == "turned":
        assert image.getexif()[0x0112] == 6


def test_the_clock_is_wrong(bench: Bench, client: Client, text_at: TextAt) -> None:
    bench.on("wrong-clock", year=2038)
    (handle,) = client.shoot()
    assert client.info(handle).when[:4] == "2038"
    assert text_at(client.ask(0x1015, 0x5011).data, 0)[0][:4] == "2038"
    assert opened(client.fetch(handle)).getexif().get_ifd(0x8769)[0x9003][:4] == "2038"


def test_what_is_told_of_a_release(bench: Bench, client: Client) -> None:
    bench.on("two-objects")
    assert len(client.shoot()) == 2
    assert len(set(names(bench))) == 2
    bench.on("doubled-event")
    first, second = client.shoot()
    assert first == second
    bench.on("raw-first")
    assert [client.info(handle).name[-3:] for handle in client.shoot()] == ["NEF", "JPG"]
    bench.on("raw-first")
    assert [client.info(handle).name[-3:] for handle in client.shoot(MEMORY)] == ["JPG", "NEF"]


@pytest.mark.parametrize("which", ["object-added", "capture-complete", "both"])
def test_what_is_not_told_of_a_release(bench: Bench, client: Client, which: str) -> None:
    bench.on("lost-event", which=which)
    assert (capture(client), client.wait_ready()) == (OK, OK)
    told = [code for code, _ in client.events()]
    assert told == {"object-added": [0x400D], "capture-complete": [0x4002], "both": []}[which]
    assert len(names(bench)) == 1


def test_what_is_told_late(bench: Bench, client: Client) -> None:
    bench.on("late-event", delay_ms=20_000)
    assert (capture(client), client.wait_ready(), client.events()) == (OK, OK, [])
    assert len(client.handles_told()) == 1


def test_events_over_their_own_connection(bench: Bench, client: Client) -> None:
    bench.on("events-pushed")
    assert (capture(client), client.wait_ready()) == (OK, OK)
    first, second = (client.exchange(client.event, b"") for _ in range(2))
    assert {first[0], second[0]} == {8}
    assert {first[1][:2], second[1][:2]} == {b"\x02\x40", b"\x0d\x40"}
    assert client.events() == []


def test_the_live_view_is_refused(bench: Bench, client: Client) -> None:
    bench.on("live-view-refused", status="2019")
    assert client.ask(0x9201).code == BUSY
    assert client.ask(0x1015, 0xD1A4).data == bytes(4)
    bench.on("live-view-refused", how="condition")
    assert client.ask(0x9201).code == 0xA004
    assert client.ask(0x1015, 0xD1A4).data == b"\0\0\2\0"
    assert len(client.shoot()) == 1


def test_frames_that_are_none(bench: Bench, client: Client) -> None:
    client.begin_preview()
    whole = client.frame()
    sizes = {}
    for kind in ("noise", "half", "empty", "no-header", "huge"):
        bench.on("garbage-frame", kind=kind)
        data = client.ask(0x9203).data
        sizes[kind] = len(data)
        assert (b"\xff\xd8" in data) is (kind in {"half", "no-header", "huge"})
        if kind == "half":
            with pytest.raises(OSError, match="truncated"):
                opened(data[384:])
    assert sizes["empty"] == 0
    assert sizes["huge"] > 8_000_000
    assert sizes["half"] < 0.7 * len(whole)
    assert opened(client.frame()).size == (640, 480)


def test_the_live_view_stands_still_or_ends(bench: Bench, client: Client) -> None:
    before = client.begin_preview().frame()
    bench.on("frozen-preview")
    bench.camera.studio.seat("resident-002")
    assert {client.frame() for _ in range(5)} == {before}
    bench.off("frozen-preview")
    assert client.frame() != before
    bench.on("preview-ends")
    assert [client.ask(0x9203).code for _ in range(2)] == [0xA00B, 0xA00B]
    assert opened(client.begin_preview().frame()).size == (640, 480)


@pytest.mark.parametrize("what", ABILITY_FAULTS)
def test_an_ability_is_missing(bench: Bench, client: Client, what: str) -> None:
    right = client.ask(0x1001).data
    bench.on("wrong-abilities", what=what)
    assert len(client.ask(0x1001).data) < len(right)
    gone = {
        "no-live-view": (0x9201,),
        "no-capture": (0x9207, ROOT, CARD),
        "no-delete": (0x100B, 5),
        "no-battery": (0x1015, 0x5001),
        "no-settings": (0x1014, 0x500F),
        "no-partial": (0x101B, 5, 0, 9),
        "nothing": (0x1004,),
    }
    assert client.ask(*gone[what]).code == (0x200A if what in {"no-battery", "no-settings"} else 0x2005)
