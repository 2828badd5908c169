"""The simulated camera over PTP/IP, with a client written from the documents: what it says, takes, keeps and shows."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

if TYPE_CHECKING:
    from conftest import Bench, Client

    TextAt = Callable[[bytes, int], tuple[str, int]]

OK = 0x2001
CARD, MEMORY = 0, 1
STORE, ALL, ROOT = 0x00010001, 0, 0xFFFFFFFF
JPEG, RAW, FOLDER = 0x3801, 0x3000, 0x3001


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


def listed(client: Client, parent: int = ALL, wanted: int = 0) -> list[int]:
    data = client.ask(0x1007, STORE, wanted, parent).data
    return list(struct.unpack(f"<{struct.unpack('<I', data[:4])[0]}I", data[4:]))


def value(client: Client, code: int, packed: str) -> int:
    return int(struct.unpack(packed, client.ask(0x1015, code).data)[0])


def test_the_connection_is_greeted_with_the_cameras_guid_and_name(bench: Bench) -> None:
    client = bench.client()
    assert client.guid == b"RENHU-SIM0000001"
    assert client.name == "RENHU-SIM"


def test_pings_are_answered_on_both_connections(bench: Bench) -> None:
    client = bench.client()
    for connection in (client.command, client.event):
        assert client.exchange(connection, struct.pack("<II", 8, 13)) == (14, b"")


def test_the_newest_connection_ends_the_one_before(bench: Bench) -> None:
    first = bench.opened()
    second = bench.opened()
    assert second.ask(0x1004).code == OK
    with pytest.raises(OSError, match=r"hung up|reset"):
        first.ask(0x1004)


def test_events_of_another_connection_are_refused(bench: Bench) -> None:
    client = bench.client()
    stranger = client._connected()
    kind, _ = client.exchange(stranger, struct.pack("<III", 12, 3, client.number + 1))
    assert kind == 5


def test_what_is_no_packet_ends_the_connection(bench: Bench) -> None:
    client = bench.client()
    client.command.sendall(struct.pack("<II", 1 << 30, 6))
    assert client.command.recv(1) == b""


def test_it_says_what_it_is_without_a_session_and_nothing_else(bench: Bench, text_at: TextAt) -> None:
    client = bench.client()
    data = client.ask(0x1001).data
    version, extension, _ = struct.unpack_from("<HIH", data)
    assert (version, extension) == (100, 0x0A)
    at = text_at(data, 8)[1] + 2
    lists = []
    for _ in range(5):
        (count,) = struct.unpack_from("<I", data, at)
        lists.append(struct.unpack_from(f"<{count}H", data, at + 4))
        at += 4 + 2 * count
    texts = []
    for _ in range(4):
        text, at = text_at(data, at)
        texts.append(text)
    assert texts == ["Nikon Corporation", "RENHU-SIM Camera", "V1.00", "RENHU-SIM-00000001"]
    assert {0x9207, 0x9201, 0x9203, 0x101B, 0x100B} <= set(lists[0])
    assert {0x5001, 0x5003, 0x500F, 0xD1A2} <= set(lists[2])
    assert at == len(data)
    assert client.ask(0x1004).code == 0x2003


def test_one_session_at_a_time(client: Client) -> None:
    assert client.ask(0x1002, 2).code == 0x201E
    assert client.ask(0x1003).code == OK
    assert client.ask(0x1004).code == 0x2003
    assert client.ask(0x1002, 3).code == OK


def test_the_card(client: Client, text_at: TextAt) -> None:
    assert client.ask(0x1004).data == struct.pack("<II", 1, STORE)
    data = client.ask(0x1005, STORE).data
    kind, system, access, capacity, free, pictures = struct.unpack_from("<HHHQQI", data)
    assert (kind, system, access) == (4, 3, 0)
    assert capacity == free > 1 << 30
    assert pictures > 1000
    assert text_at(data, text_at(data, 26)[1])[0] == "RENHU-SIM"
    assert client.ask(0x1005, 0x00020001).code == 0x2008


def test_folders_lead_to_the_pictures(client: Client) -> None:
    (dcim,) = listed(client, ROOT)
    (folder,) = listed(client, dcim)
    assert [client.info(handle).name for handle in (dcim, folder)] == ["DCIM", "100RENHU"]
    assert {(client.info(handle).format, client.info(handle).association) for handle in (dcim, folder)} == {(FOLDER, 1)}
    (picture,) = client.shoot()
    assert listed(client, folder) == listed(client, ALL, JPEG) == [picture]
    assert client.info(picture).parent == folder
    assert client.ask(0x1006, STORE, 0, 0).numbers == (3,)


def test_a_release_onto_the_card(bench: Bench, client: Client) -> None:
    (handle,) = client.shoot()
    told, data = client.info(handle), client.fetch(handle)
    assert (told.format, told.association) == (JPEG, 0)
    assert (told.size, told.width, told.height) == (len(data), 1000, 750)
    assert told.name == f"DSC_{bench.camera.shutter.releases:04d}.JPG"
    assert opened(data).size == (1000, 750)
    assert client.ask(0x100B, handle).code == OK
    assert client.ask(0x1008, handle).code == 0x2009
    assert client.ask(0x1009, handle).code == 0x2009
    assert client.ask(0x100B, handle).code == 0x2009


@pytest.mark.parametrize("operation", [0x90C0, 0x90CB, 0x9207])
def test_a_release_into_memory(client: Client, operation: int) -> None:
    parameters = (ROOT, MEMORY) if operation == 0x9207 else (ROOT,)
    assert client.ask(operation, *parameters).code == OK
    assert client.wait_ready() == OK
    assert client.handles_told() == [0xFFFF0001]
    assert client.info(0xFFFF0001).parent == 0
    assert listed(client, ALL, JPEG) == []
    assert opened(client.fetch(0xFFFF0001)).size == (1000, 750)
    assert client.ask(0x90C3, 0xFFFF0001).code == OK
    assert client.ask(0x90C3, 0xFFFF0001).code == 0x2009


def test_what_was_not_fetched_from_memory_is_lost_with_the_connection(bench: Bench, client: Client) -> None:
    client.shoot(MEMORY)
    assert bench.opened().ask(0x1008, 0xFFFF0001).code == 0x2009


def test_it_is_busy_until_the_shutter_has_closed(bench: Bench, client: Client) -> None:
    bench.on("slow-shutter", delay_ms=30_000)
    assert client.ask(0x9207, ROOT, CARD).code == OK
    assert client.ask(0x90C8).code == 0x2019
    assert client.ask(0x9207, ROOT, CARD).code == 0x2019
    assert client.events() == []
    assert client.wait_ready() == OK
    assert len(client.handles_told()) == 1


def test_a_part_of_a_file(client: Client) -> None:
    (handle,) = client.shoot()
    whole = client.fetch(handle)
    reply = client.ask(0x101B, handle, 100, 50)
    assert (reply.data, reply.numbers) == (whole[100:150], (50,))
    reply = client.ask(0x101B, handle, len(whole) - 7, 100)
    assert (reply.data, reply.numbers) == (whole[-7:], (7,))
    assert client.ask(0x101B, handle, len(whole), 100).numbers == (0,)


def test_raw_and_jpeg_come_as_a_pair(client: Client) -> None:
    assert client.ask(0x1016, 0x5004, data=b"\x06").code == OK
    first, second = client.shoot()
    assert [client.info(handle).format for handle in (first, second)] == [JPEG, RAW]
    names = [client.info(handle).name for handle in (first, second)]
    assert [name[-4:] for name in names] == [".JPG", ".NEF"]
    assert names[0][:8] == names[1][:8]
    raw = client.fetch(second)
    assert raw[:4] == b"II*\0"
    assert len(raw) > 1000 * 750
    assert [client.info(handle).format for handle in client.shoot(MEMORY)] == [RAW, JPEG]
    assert client.ask(0x1016, 0x5004, data=b"\x04").code == OK
    assert [client.info(handle).format for handle in client.shoot()] == [RAW]


def test_a_picture_says_that_it_is_simulated_and_when_it_was_taken(bench: Bench, client: Client) -> None:
    image = opened(client.picture())
    exif = image.getexif()
    inner = exif.get_ifd(0x8769)
    assert (exif[0x010F], exif[0x0110], exif[0x0112]) == ("RENHU-SIM", "RENHU-SIM Camera", 1)
    assert (inner[0xA431], inner[0x9286][8:17]) == ("RENHU-SIM-00000001", b"SIMULATED")
    assert image.info["comment"] == b"RENHU-SIM SIMULATED"
    taken = datetime.strptime(inner[0x9003], "%Y:%m:%d %H:%M:%S").astimezone()
    assert abs((datetime.now(UTC) - taken).total_seconds()) < 60
    (handle,) = client.shoot()
    assert client.info(handle).when[:8] == taken.strftime("%Y%m%d")


def test_two_releases_give_two_pictures(client: Client) -> None:
    first, second = (opened(client.picture()).convert("L") for _ in range(2))
    assert ImageChops.difference(first, second).getextrema()[1] > 60


def test_a_card_has_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.camera_store.MOST_PICTURES", 2)
    assert len(client.shoot() + client.shoot()) == 2
    assert client.ask(0x9207, ROOT, CARD).code == 0x200C
    assert client.shoot(MEMORY) == [0xFFFF0001]


@pytest.mark.parametrize("size", ["4000x3000", "6000x4000", "2000x1500"])
def test_the_size_can_be_chosen(client: Client, size: str) -> None:
    text = size.encode("utf-16-le") + b"\0\0"
    assert client.ask(0x1016, 0x5003, data=bytes([len(text) // 2]) + text).code == OK
    assert opened(client.picture()).size == tuple(map(int, size.split("x")))
    assert opened(client.begin_preview().frame()).size == (640, 427 if size == "6000x4000" else 480)


def test_a_camera_on_its_side_says_so(bench: Bench, client: Client) -> None:
    bench.camera.shutter.is_turned = True
    image = opened(client.picture())
    assert (image.size, image.getexif()[0x0112]) == ((1000, 750), 6)
    upright = image.transpose(Image.Transpose.ROTATE_270).convert("L")
    assert ImageStat.Stat(upright.crop((0, 0, 750, 100))).mean[0] > 240
    assert ImageStat.Stat(upright.crop((300, 900, 450, 1000))).mean[0] < 240


def test_settings_are_told_with_their_choices(client: Client) -> None:
    data = client.ask(0x1014, 0x500F).data
    assert struct.unpack_from("<HHBHH", data) == (0x500F, 4, 1, 200, 200)
    count = struct.unpack_from("<BH", data, 9)
    assert count == (2, 6)
    assert struct.unpack_from("<6H", data, 12) == (100, 200, 400, 800, 1600, 3200)
    assert struct.unpack("<HHBBBBBBB", client.ask(0x1014, 0x5001).data) == (0x5001, 2, 0, 80, 80, 1, 0, 100, 1)
    assert client.ask(0x1014, 0x50FF).code == client.ask(0x1015, 0x50FF).code == 0x200A


def test_settings_can_be_set_to_their_choices_only(client: Client) -> None:
    assert client.ask(0x1016, 0x500F, data=struct.pack("<H", 400)).code == OK
    assert value(client, 0x500F, "<H") == 400
    assert client.events() == [(0x4006, 0x500F)]
    assert client.ask(0x1016, 0x500F, data=struct.pack("<H", 401)).code == 0x201C
    assert client.ask(0x1016, 0x500F, data=b"\1").code == 0x201C
    assert client.ask(0x1016, 0x5001, data=b"\1").code == 0x200F
    assert client.ask(0x1016, 0x50FF, data=b"\1").code == 0x200A
    assert value(client, 0x500F, "<H") == 400
    assert client.ask(0x1016, 0x500F, data=struct.pack("<H", 200)).code == OK


def test_the_clock_can_be_set(client: Client, text_at: TextAt) -> None:
    text = "20300405T060708\0".encode("utf-16-le")
    assert client.ask(0x1016, 0x5011, data=bytes([len(text) // 2]) + text).code == OK
    assert text_at(client.ask(0x1015, 0x5011).data, 0)[0][:13] == "20300405T0607"
    (handle,) = client.shoot()
    assert client.info(handle).when[:8] == "20300405"
    bad = "never\0".encode("utf-16-le")
    assert client.ask(0x1016, 0x5011, data=bytes([len(bad) // 2]) + bad).code == 0x201C
    now = datetime.now(UTC).astimezone().strftime("%Y%m%dT%H%M%S\0").encode("utf-16-le")
    assert client.ask(0x1016, 0x5011, data=bytes([len(now) // 2]) + now).code == OK


def test_exposure_and_white_balance_are_seen(bench: Bench, client: Client) -> None:
    def middle() -> list[float]:
        return ImageStat.Stat(opened(client.picture()).crop((400, 200, 600, 400))).mean

    plain = middle()
    assert client.ask(0x1016, 0x5010, data=struct.pack("<h", -2000)).code == OK
    assert sum(middle()) < sum(plain) * 0.7
    bench.camera.properties.put(0x5010, 0)
    assert client.ask(0x1016, 0x5005, data=struct.pack("<H", 6)).code == OK
    assert middle()[0] < plain[0] - 10


def test_the_live_view_moves_and_ends(client: Client) -> None:
    assert client.ask(0x9203).code == 0xA00B
    client.begin_preview()
    assert client.ask(0x1015, 0xD1A2).data == b"\1"
    first = client.frame()
    assert opened(first).size == (640, 480)
    while client.frame() == first:
        pass
    assert client.ask(0x9202).code == OK
    assert client.ask(0x1015, 0xD1A2).data == b"\0"
    assert client.ask(0x9203).code == 0xA00B


def test_the_live_view_shows_who_sits_there(bench: Bench, client: Client) -> None:
    client.begin_preview()
    assert ImageStat.Stat(opened(client.frame()).convert("L")).stddev[0] > 20
    bench.camera.studio.seat(None)
    assert ImageStat.Stat(opened(client.frame()).convert("L")).stddev[0] < 5
    bench.camera.studio.seat("resident-002", "dark")
    assert ImageStat.Stat(opened(client.frame()).convert("L")).mean[0] < 90


def test_a_release_during_the_live_view_goes_on_with_it(client: Client) -> None:
    client.begin_preview().frame()
    assert opened(client.picture()).size == (1000, 750)
    assert opened(client.frame()).size == (640, 480)


def test_the_small_picture_of_a_picture(client: Client) -> None:
    (handle,) = client.shoot()
    assert opened(client.ask(0x100A, handle).data).size == (160, 120)
    assert client.ask(0x100A, 2).code == 0x2010
    assert client.ask(0x100A, 99).code == 0x2009


def test_folders_cannot_be_deleted_and_all_pictures_can(client: Client) -> None:
    client.shoot()
    assert client.ask(0x100B, 2).code == 0x200D
    assert client.ask(0x100B, ROOT).code == OK
    assert len(listed(client)) == 2


def test_what_it_has_not_is_not_supported(client: Client) -> None:
    assert client.ask(0x1022).code == 0x2005
    assert client.ask(0x90C1).code == OK


def test_a_hundred_pictures_on_the_card_are_little_in_memory(bench: Bench, client: Client) -> None:
    for _ in range(100):
        client.shoot()
    pieces = [piece for stored in bench.camera.store.pictures() for piece in stored.file.contents._pieces]
    assert len(pieces) == 200
    assert sum(len(piece) for piece in {id(memoryview(piece).obj): piece for piece in pieces}.values()) < 1_500_000
