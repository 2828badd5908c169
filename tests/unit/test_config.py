"""The configuration: defaults, every mistake at once, and the shipped example."""

from pathlib import Path

import pytest

from agent.config import DEFAULT_PATH, KEYS, BadConfiguration, load, parse
from agent.errors import Exit
from agent.messages.service import codes


def mistakes_of(document):
    with pytest.raises(BadConfiguration) as caught:
        parse(document, "test.toml")
    assert caught.value.exit_code is Exit.CONFIGURATION
    return caught.value.mistakes


def test_nothing_given_means_the_defaults():
    config = parse({}, "test.toml")
    assert (config.host, config.port) == ("127.0.0.1", 8731)
    assert config.reader.address == "serial:auto"
    assert (config.reader.poll_ms, config.reader.idle_poll_ms) == (125, 600)
    assert config.time_zone == "Asia/Shanghai"


def test_every_mistake_is_told_at_once_with_key_and_value():
    found = mistakes_of(
        {
            "web": {"host": "0.0.0.0", "port": "eighty"},  # noqa: S104
            "data": {"folder": "relative"},
            "devices": {"reader": {"poll_ms": 1, "photo": {"flag": "x"}, "adress": "serial:auto"}},
            "colour": 3,
        }
    )
    assert {mistake.key for mistake in found} == {
        "web.host", "web.port", "data.folder", "devices.reader.poll_ms", "devices.reader.photo.flag",
        "devices.reader.adress", "colour",
    }  # fmt: skip
    assert {mistake.value for mistake in found} >= {"'0.0.0.0'", "'eighty'", "1"}


def test_an_unknown_key_is_told_with_its_nearest_neighbour():
    (mistake,) = mistakes_of({"devices": {"reader": {"adress": "serial:auto"}}})
    assert mistake.facts == {"near": "devices.reader.address"}


@pytest.mark.parametrize(
    ("document", "code", "facts"),
    [
        ({"web": {"foo": 1}}, "CONFIG-UNKNOWN", {}),
        ({"web": {"prot": 1}}, "CONFIG-UNKNOWN-NEAR", {"near": "web.port"}),
        ({"station": {"port": 1}}, "CONFIG-UNKNOWN", {}),
        ({"documents": {"keep_original_days": 1}}, "CONFIG-UNKNOWN-NEAR", {"near": "documents.keep_originals_days"}),
        ({"statoin": {"code": "1"}}, "CONFIG-UNKNOWN-NEAR", {"near": "station"}),
        ({"devices": {"camera": {"adress": "gphoto2:usb"}}}, "CONFIG-UNKNOWN-NEAR", {"near": "devices.camera.address"}),
        (
            {"devices": {"reader": {"photo": 3}}},
            "CONFIG-TABLE",
            {"table": "devices.reader.photo", "names": "library, symbol, shape, flag"},
        ),
    ],
)
def test_a_hint_leads_to_what_was_meant_or_to_nothing(document, code, facts):
    (mistake,) = mistakes_of(document)
    assert (mistake.code, mistake.facts) == (code, facts)


def test_a_station_has_a_camera_where_it_has_a_section_for_it():
    assert parse({}, "test.toml").camera is None
    camera = parse({"devices": {"camera": {}}}, "test.toml").camera
    assert (camera.driver, camera.address) == ("camera_gphoto2", "gphoto2:usb")
    network = {"devices": {"camera": {"address": "gphoto2:ptpip:192.0.2.7:15740"}}}
    assert parse(network, "test.toml").camera.address == "gphoto2:ptpip:192.0.2.7:15740"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "localhost", "", 7])  # noqa: S104
def test_only_loopback_addresses_are_taken(host):
    assert [mistake.key for mistake in mistakes_of({"web": {"host": host}})] == ["web.host"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("web.port", True), ("web.port", 65536), ("data.key", "file:relative"), ("data.key", "credential:a/b"),
        ("data.media_key", "renhu-media.key"),
        ("station.time_zone", "Mars/Base"), ("station.time_zone", "../etc/passwd"), ("station.name", "  "),
        ("devices.reader.address", "serial:usb-foo"), ("devices.reader.address", "serial:/dev/ttyUSB0?baud=1234"),
        ("devices.reader.address", "usb:zz"),
        ("devices.reader.address", "usb:0400:c35a?backend=simulators.usb_backend&at=127.0.0.1:9"),
        ("devices.reader.address", "tty:auto"), ("devices.reader.address", 5), ("devices.reader.ports", "/dev/x"),
        ("devices.reader.vid_pid", ["1a86-7523"]), ("devices.reader.idle_poll_ms", 99),
        ("devices.reader.photo.library", "libwlt.so"), ("devices.camera.address", "gphoto2:vusb"),
        ("devices.camera.address", "gphoto2:ptpip:camera:0"), ("devices.camera.address", "sane:auto"),
        ("devices.camera.address", 5), ("devices.camera.driver", ""),
    ],
)  # fmt: skip
def test_wrong_values_are_refused(key, value):
    document = {}
    *tables, name = key.split(".")
    place = document
    for table in tables:
        place = place.setdefault(table, {})
    place[name] = value
    assert [mistake.key for mistake in mistakes_of(document)] == [key]


def test_a_table_in_place_of_a_value_is_a_mistake():
    assert mistakes_of({"web": 5})[0].key == "web"
    assert mistakes_of({"web": {"port": {"x": 1}}})[0].key == "web.port"


def test_a_missing_file_is_told_unless_it_is_the_default_one(tmp_path):
    with pytest.raises(BadConfiguration) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.mistakes[0].code == "CONFIG-NO-FILE"
    if not DEFAULT_PATH.exists():
        assert load(DEFAULT_PATH).port == 8731


def test_text_that_is_not_toml_and_bytes_that_are_not_text_are_told(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("[web\n")
    with pytest.raises(BadConfiguration) as caught:
        load(broken)
    assert caught.value.mistakes[0].code == "CONFIG-NOT-TOML"
    broken.write_bytes(b"\xff\xfe")
    with pytest.raises(BadConfiguration) as caught:
        load(broken)
    assert caught.value.mistakes[0].code == "CONFIG-UNREADABLE"


def test_every_rule_has_words():
    assert {rule.code for rule in KEYS.values()} <= codes()


def test_the_shipped_example_names_every_key_and_is_accepted():
    example = Path(__file__).parents[2] / "systemd" / "renhu.toml"
    load(example)
    text = example.read_text(encoding="utf-8")
    for key in KEYS:
        assert f"{key.rpartition('.')[2]} =" in text, key
