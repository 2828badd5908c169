"""The event bus: bounded, resumable, never waiting."""

import threading

from agent.events.service import KEPT, QUEUE_LIMIT, RESYNC, Event, EventBus


def names(numbered):
    return [event.name for _, event in numbered]


def test_a_subscriber_gets_its_own_sessions_events_and_everybodys():
    bus = EventBus()
    mine = bus.subscribe("mine")
    bus.publish(Event("desk", "mine"))
    bus.publish(Event("desk", "other"))
    bus.publish(Event("device"))
    assert names(mine.get(0)) == ["desk", "device"]


def test_an_overflowing_queue_is_emptied_and_leaves_one_resync():
    bus = EventBus()
    slow = bus.subscribe(None)
    for _ in range(QUEUE_LIMIT + 1):
        bus.publish(Event("device"))
    assert names(slow.get(0)) == [RESYNC]


def test_resuming_gives_exactly_what_was_missed():
    bus = EventBus()
    first = bus.subscribe(None)
    for number in range(5):
        bus.publish(Event("device", facts={"n": number}))
    seen = first.get(0)
    resumed = bus.subscribe(None, last_event_id=seen[1][0])
    assert [event.facts["n"] for _, event in resumed.get(0)] == [2, 3, 4]


def test_resuming_from_the_last_event_gives_nothing():
    bus = EventBus()
    first = bus.subscribe(None)
    bus.publish(Event("device"))
    last = first.get(0)[-1][0]
    assert bus.subscribe(None, last_event_id=last).get(0) == []


def test_who_has_heard_nothing_yet_is_told_once_that_the_page_is_out_of_date():
    bus = EventBus()
    bus.publish(Event("device"))
    seen = bus.newest
    assert bus.subscribe("mine", seen=seen).get(0) == []
    bus.publish(Event("desk", "other"))
    assert bus.subscribe("mine", seen=seen).get(0) == [], "another's event is no news"
    bus.publish(Event("desk", "mine"))
    bus.publish(Event("device"))
    assert bus.subscribe("mine", seen=seen).get(0) == [(bus.newest, Event(RESYNC))]
    assert names(bus.subscribe("mine", seen="00000000-1").get(0)) == [RESYNC], "the station has started anew"


def test_an_id_of_another_boot_or_no_id_of_ours_gives_a_resync():
    bus = EventBus()
    bus.publish(Event("device"))
    for unknown in ("00000000-1", "nonsense", "", "-", f"{bus._boot}-9", f"{bus._boot}-²"):
        assert names(bus.subscribe(None, last_event_id=unknown).get(0)) == [RESYNC], unknown


def test_an_id_that_is_too_old_gives_a_resync():
    bus = EventBus()
    first = bus.subscribe(None)
    bus.publish(Event("device"))
    old = first.get(0)[0][0]
    for _ in range(KEPT + 1):
        bus.publish(Event("device"))
    assert names(bus.subscribe(None, last_event_id=old).get(0)) == [RESYNC]


def test_closing_wakes_a_waiting_reader_and_stops_delivery():
    bus = EventBus()
    subscription = bus.subscribe(None)
    got = []
    reader = threading.Thread(target=lambda: got.append(subscription.get(30)))
    reader.start()
    subscription.close()
    reader.join(10)
    assert got == [[]]
    bus.publish(Event("device"))
    assert subscription.get(0) == []


def test_publishing_wakes_a_waiting_reader():
    bus = EventBus()
    subscription = bus.subscribe(None)
    got = []
    reader = threading.Thread(target=lambda: got.extend(subscription.get(30)))
    reader.start()
    bus.publish(Event("device"))
    reader.join(10)
    assert names(got) == ["device"]
