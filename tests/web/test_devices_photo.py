"""The decoding of card photos: the library gets the module's id, and the technician is told how it went, not whose."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.accounts.storage import writing
from agent.register.pictures import DraftPictures
from agent.simulator_process import SimulatorProcess
from peewee_models import draft_queries
from simulators.portrait import portrait

SOURCE = Path(__file__).parents[1] / "system" / "photo_libraries.c"
WLT = bytes.fromhex("574C66007E0032000000FF85").ljust(1024, b"\x5a")
PNG = b"\x89PNG"


def compiled(folder, name):
    """A vendor's library of the system tests' source file."""
    library = folder / f"lib{name.lower()}.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-w", f"-D{name}", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True, timeout=60)
    return library


@pytest.fixture(scope="module")
def simulator():
    process = SimulatorProcess.start("reader", "--speed-factor", "20")
    yield process
    process.stop()


@pytest.fixture
def licensed(house_with_reader, simulator, tmp_path):
    """A station whose library has a licence for the module of its reader, and needs to be told which module read."""
    library = compiled(tmp_path, "CV")
    (tmp_path / "base.dat").write_bytes(bytes([7]) * 1920)
    photo = {"library": str(library), "shape": "CV"}
    with house_with_reader(address=simulator.address, photo=photo) as house:
        devices = house.station.devices
        deadline = time.monotonic() + 60
        while not devices.sam_id() and time.monotonic() < deadline:
            time.sleep(0.02)
        (tmp_path / "license.lic").write_text(devices.sam_id())
        yield house


def devices_page(house):
    technician = house.signed_in("technician")
    technician.get("/devices")
    return technician.page


def draft_of(house, name, number):
    """Lay a card with a photo on the desk; gives the draft's key."""
    clerk = house.signed_in("clerk")
    clerk.post("/desk/take")
    house.lay(house.card(name, number, photo_wlt=WLT))
    clerk.get("/desk")
    return clerk.action("discard").split("/")[3]


def test_the_library_is_told_which_module_has_read(licensed):
    assert "还没有用过" in devices_page(licensed)
    assert licensed.station.devices.decode_photo(WLT).code is None
    page = devices_page(licensed)
    assert "正常" in page
    assert "libcv.so" in page


def test_a_missing_library_is_told_before_the_first_card_and_gone_once_it_is_there(house_with_reader, tmp_path):
    library = tmp_path / "nothere.so"
    with house_with_reader(address="serial:/dev/renhu/none", photo={"library": str(library)}) as house:
        page = devices_page(house)
        assert "找不到解码库" in page
        assert "PHOTO-LIBRARY-MISSING" in page
        library.touch()
        assert "PHOTO-LIBRARY-MISSING" not in devices_page(house)


def test_a_refusal_is_shown_with_its_reason(licensed):
    licence = Path(licensed.station.devices.photo_state().library).with_name("license.lic")
    licence.write_text("another module")
    assert licensed.station.devices.decode_photo(WLT).code == "PHOTO-LIBRARY-REFUSED"
    licence.write_text(licensed.station.devices.sam_id())
    page = devices_page(licensed)
    assert "PHOTO-LIBRARY-REFUSED" in page
    assert "返回值 2" in page


@pytest.mark.parametrize(
    ("name", "symbol", "code"),
    [
        ("CRASHES", "unpack", "PHOTO-LIBRARY-CRASHED"),
        ("NO_PICTURE", "unpack", "PHOTO-LIBRARY-NONSENSE"),
        ("SAYS_NO", "unpack", "PHOTO-LIBRARY-REFUSED"),
        ("SAYS_NO", "no_such_function", "PHOTO-LIBRARY-UNUSABLE"),
        (None, "unpack", "PHOTO-LIBRARY-MISSING"),
    ],
)
def test_the_technician_reads_why_there_is_no_picture(house_with_reader, tmp_path, name, symbol, code):
    library = tmp_path / "none.so" if name is None else compiled(tmp_path, name)
    photo = {"library": str(library), "symbol": symbol}
    with house_with_reader(address="serial:/dev/renhu/none", photo=photo) as house:
        pictures = DraftPictures(house.station.register, house.station.devices, None)
        key = draft_of(house, "测试照", "990000198506120049")
        clerk = house.station.accounts.session(house.tokens["clerk"])
        assert pictures.card_picture(key, clerk) is None
        page = devices_page(house)
    assert code in page
    assert str(library) in page
    assert "测试照" not in page
    assert "990000198506120049" not in page


def test_each_draft_with_a_photo_that_cannot_be_drawn_here_says_so(house_with_reader):
    with house_with_reader(address="serial:/dev/renhu/none") as house:
        register, desk = house.station.register, house.station.desk
        pictures = DraftPictures(register, house.station.devices, None)
        for name, number in (("测试照", "990000198506120049"), ("测试像", "990000198506120145")):
            key = draft_of(house, name, number)
            by = house.station.accounts.session(house.tokens["clerk"])
            assert register.draft(key, by).card.photo_decodable is None
            assert pictures.card_picture(key, by) is None
            assert register.draft(key, by).card.photo_decodable is False
            desk.put_aside(key, by)


def test_without_a_library_the_page_says_how_to_get_one(house_with_reader):
    with house_with_reader(address="serial:/dev/renhu/none") as house:
        page = devices_page(house)
    assert "没有配置解码库" in page
    assert "[devices.reader.photo]" in page


@pytest.fixture
def readerless(house_with_reader):
    """A station whose reader is not there at the moment."""
    with house_with_reader(address="serial:/dev/renhu/none") as house:
        yield house


def drawn(house, photo):
    """What the simulator's own codec is asked to draw for a draft with this photo."""
    asked = []
    pictures = DraftPictures(house.station.register, house.station.devices, lambda wlt: asked.append(wlt) or PNG)
    clerk = house.signed_in("clerk")
    clerk.post("/desk/take")
    house.lay(house.card("测试照", "990000198506120049", photo_wlt=photo))
    clerk.get("/desk")
    picture = pictures.card_picture(clerk.action("discard").split("/")[3], by_clerk(house))
    assert (picture == PNG) is bool(asked)
    return asked


def by_clerk(house):
    return house.station.accounts.session(house.tokens["clerk"])


def test_a_simulated_cards_photo_is_drawn_by_the_simulator_whether_or_not_its_reader_is_there(readerless):
    photo = portrait("resident-001")
    assert drawn(readerless, photo) == [photo]


def test_the_photo_of_no_simulated_card_is_not(licensed):
    assert drawn(licensed, WLT) == []


def test_a_known_card_that_is_laid_again_brings_its_photo_again(readerless):
    register, desk = readerless.station.register, readerless.station.desk
    key = draft_of(readerless, "测试照", "990000198506120049")
    by = by_clerk(readerless)

    def lay_again():
        readerless.lift()
        readerless.lay(readerless.card("测试照", "990000198506120049", photo_wlt=WLT))
        return register.draft(key, by).card

    register.note_photo(key, by, is_decodable=False)
    assert lay_again().photo_decodable is None
    with writing(readerless.station.accounts._store):
        draft_queries.erase_chip_data(readerless.station.clock.now() + timedelta(days=1))
    assert not register.draft(key, by).card.has_photo
    again = lay_again()
    assert (again.has_photo, again.state) == (True, "verified")
    assert register.chip_photo(key, by) == WLT
    desk.put_aside(key, by)


def test_where_the_simulator_draws_no_library_is_asked_for(readerless, monkeypatch):
    pictures = DraftPictures(readerless.station.register, readerless.station.devices, lambda _photo: PNG)
    built = readerless.app.extensions["renhu"]
    monkeypatch.setitem(
        readerless.app.extensions, "renhu", replace(built, services=replace(built.services, pictures=pictures))
    )
    page = devices_page(readerless)
    assert "证件照片不显示" not in page
    assert "模拟器画出" in page
