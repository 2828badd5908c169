"""Rules of the register against an oracle written a second time, and laws that hold for any form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from agent.register import fields, names, prefill, scope, spelling
from agent.register.derive import derive
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry
from agent.register.id_number import FormFacts, check, clean
from agent.register.residence import Residence
from drivers.api import CardKind, IdCard
from drivers.stored_text import storable

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SETTING = Setting(TODAY, is_practice=True)
texts = st.text(max_size=60)
dates = st.dates(date(1900, 1, 1), TODAY)


def oracle_check_digit(digits: str) -> str:
    """ISO 7064 MOD 11-2 by its recursive definition, not by weights."""
    product = 10
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    product = (12 - total) % 11
    return "X" if product == 10 else str(product)


@given(st.integers(110000, 659999), dates, st.integers(0, 999))
def test_numbers_with_the_oracles_check_digit_pass(division: int, birth: date, sequence: int) -> None:
    seventeen = f"{division}{birth:%Y%m%d}{sequence:03d}"
    result = check(seventeen + oracle_check_digit(seventeen), FormFacts(TODAY))
    assert result.problems == ()
    assert result.birth_date == birth
    assert result.sex == ("1" if sequence % 2 else "2")


@given(st.integers(110000, 659999), dates, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(division: int, birth: date, sequence: int, place: int, add: int) -> None:
    seventeen = f"{division}{birth:%Y%m%d}{sequence:03d}"
    number = seventeen + oracle_check_digit(seventeen)
    if number[place] == "X":
        wrong = number[:place] + str(add)
    else:
        wrong = number[:place] + str((int(number[place]) + add) % 10) + number[place + 1 :]
    result = check(wrong, FormFacts(TODAY))
    assert result.problems or result.scope is not None


@given(st.text(max_size=30))
def test_any_text_is_checked_without_error(text: str) -> None:
    result = check(text, FormFacts(TODAY))
    assert result.number == clean(text) or result.raw == clean(text)


def oracle_scope(facts: scope.ScopeFacts) -> bool | None:
    """The table of the document, line by line; True in, False out, None unknown."""
    outside = [
        facts.card_kind in {"hmt", "foreigner-2017", "foreigner-2023"},
        facts.number_scope is not None,
        facts.id_type in {"114", "115"},
        facts.soldier == "1",
        facts.residence.out != "",
        facts.place_type in {"11", "12", "13"} and facts.residence.form != "HZ",
    ]
    if facts.residence.form != "RG":
        is_asked = facts.soldier != "" or facts.residence.form == "HZ"
        return False if any(outside) else True if facts.id_type and facts.hukou_div and is_asked else None
    elapsed = None if facts.arrive_here is None else (facts.today - facts.arrive_here) >= timedelta(days=2)
    if any(outside) or (facts.plan_stay == "0" and elapsed is not True):
        return False
    is_stay_long = elapsed is True or (elapsed is False and facts.plan_stay in {"1", "2", "3"})
    return True if is_stay_long and facts.id_type and facts.hukou_div and facts.soldier else None


@given(
    st.builds(
        scope.ScopeFacts,
        today=st.just(TODAY),
        card_kind=st.sampled_from(["", "resident", "hmt", "foreigner-2017", "foreigner-2023"]),
        id_type=st.sampled_from(["", "111", "113", "114", "115", "117"]),
        number_scope=st.sampled_from([None, None, None, "SCOPE-HMT", "SCOPE-FOREIGNER"]),
        soldier=st.sampled_from(["", "0", "1"]),
        hukou_div=st.sampled_from(["", "310112", "320000", "990000"]),
        residence=st.builds(
            Residence, st.sampled_from(["RG", "RZ", "HZ"]), out=st.sampled_from(["", "", "", "SCOPE-TOGETHER"])
        ),
        arrive_here=st.one_of(st.none(), st.integers(0, 5).map(lambda days: TODAY - timedelta(days=days))),
        plan_stay=st.sampled_from(["", "0", "1", "2", "3"]),
        place_type=st.sampled_from(["", "11", "30"]),
    )
)
def test_scope_agrees_with_the_documents_table(facts: scope.ScopeFacts) -> None:
    answer = scope.judge(facts)
    assert answer.in_scope is oracle_scope(facts)
    assert (answer.reason is not None) is (answer.in_scope is False)


entries = st.builds(
    Entry,
    value=texts,
    source=st.sampled_from(["typed", "chip", "station", "derived", "household", "register", ""]),
    at=st.just(NOW),
    is_verified=st.booleans(),
)
forms = st.dictionaries(st.sampled_from(fields.KEYS), entries)
cards = st.builds(
    IdCard,
    kind=st.just(CardKind.RESIDENT),
    name=st.one_of(st.none(), texts),
    name_latin=st.none(),
    sex=st.sampled_from([None, "1", "2"]),
    ethnic_group=st.sampled_from([None, "01", "99"]),
    birth_date=st.one_of(st.none(), dates.map(str)),
    address=st.one_of(st.none(), texts),
    newest_addresses=st.lists(st.text(min_size=1, max_size=20), max_size=4).map(tuple),
    id_number=st.one_of(st.none(), st.text("0123456789X", min_size=18, max_size=18)),
    issuer=st.none(),
    valid_from=st.none(),
    valid_to=st.none(),
    nationality=st.none(),
    pass_number=st.none(),
    issues=st.none(),
    sam_id=st.none(),
    readings=st.sampled_from([1, 2]),
    doubtful=st.just(()),
    text_raw=st.binary(max_size=4),
    photo_wlt=st.just(b""),
)


@given(forms, cards)
def test_a_card_never_overwrites_what_was_typed(form: dict[str, Entry], card: IdCard) -> None:
    filled = prefill.fill(form, card, NOW)
    for key, entry in form.items():
        if entry.source in {"typed", "household"} and entry.value:
            assert filled[key].value == entry.value
        elif entry.source == "register" and entry.value and entry.value != filled[key].value:
            assert filled[key].offered("register") == entry.value


@given(forms, cards)
def test_no_chip_value_is_verified_by_one_reading(form: dict[str, Entry], card: IdCard) -> None:
    typed_only = {key: entry for key, entry in form.items() if entry.source != "chip"}
    for key, entry in prefill.fill(typed_only, card, NOW).items():
        if entry.source == "chip" and key not in typed_only:
            assert entry.is_verified is (card.readings == 2)


@given(forms, cards)
def test_withdrawing_leaves_nothing_of_the_card(form: dict[str, Entry], card: IdCard) -> None:
    for entry in prefill.withdraw(prefill.fill(form, card, NOW), NOW).values():
        assert entry.source != "chip" or not entry.value
        assert not any(offer.source.startswith("chip") for offer in entry.offers)


@given(forms)
def test_any_form_can_be_judged_and_derived(form: dict[str, Entry]) -> None:
    derived = derive(form, NOW, SETTING)
    judge(derived, SETTING)
    assert derive(derived, NOW, SETTING) == derived


@given(st.sampled_from(fields.KEYS), texts)
@example("guardian_id", "K¸")
@example("mobile", "1 \u0301")
def test_understanding_is_stable_and_storable(key: str, typed: str) -> None:
    once = fields.understood(key, typed, is_practice=True)
    assert fields.understood(key, once, is_practice=True) == once
    once.encode()
    assert "\x00" not in once
    fields.shown(key, once)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=30))
def test_search_keys_are_stable_and_storable(name: str) -> None:
    kept = storable(name)
    key = names.search_key(kept)
    assert names.search_key(key) == key
    "".join(spelling.pinyin_keys(kept)).encode()
