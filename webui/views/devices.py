"""The technician's page: what is so, why, and the next step.  No personal data, ever."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.devices.service import RF_FRAME_BYTES, SPEEDS_BAUD, Order
from agent.errors import Actor, CodedError, DeviceError, Retry
from webui.context import LastSelfTest, composition, services, signed_in

bp = Blueprint("devices", __name__)


def known_role(role: str) -> str:
    """Give back a role of a device that is there.  Raises: CodedError WEB-NOT-FOUND."""
    if role not in {status.role for status in services().devices.statuses()}:
        raise CodedError("WEB-NOT-FOUND", Actor.TECHNICIAN, Retry.NEVER)
    return role


_VALUES: Final = {
    Order.SPEED: [str(speed) for speed in SPEEDS_BAUD],
    Order.RF_FRAME: [str(size) for size in RF_FRAME_BYTES],
}


def known_order(order: str) -> Order:
    """Give back an order that there is.  Raises: CodedError WEB-NOT-FOUND."""
    if order not in set(Order):
        raise CodedError("WEB-NOT-FOUND", Actor.TECHNICIAN, Retry.NEVER)
    return Order(order)


@bp.get("/devices")
def page() -> ResponseReturnValue:
    """Show every device, and the ports that one might use."""
    devices = services().devices
    statuses = devices.statuses()
    candidates = {status.role: devices.candidates(status.role) for status in statuses}
    orders = {status.role: devices.last_order(status.role) for status in statuses}
    return render_template(
        "devices/page.html",
        statuses=statuses,
        candidates=candidates,
        tests=composition().self_tests,
        orders=orders,
        configured={status.role: devices.configured_address(status.role) for status in statuses},
        photo=devices.photo_state(),
        draws_simulated=services().pictures.draws_simulated,
        scanner=services().documents.scans.scanner(signed_in()),
        camera=services().camera.offers(),
        condition=services().camera.condition(),
        speeds_baud=SPEEDS_BAUD,
        rf_frame_bytes=RF_FRAME_BYTES,
        lost_files=services().documents.lost_files(),
        damaged_pages=services().database.damaged_pages,
    )


@bp.post("/devices/<role>/restart")
def restart(role: str) -> ResponseReturnValue:
    """Start the device's worker afresh."""
    services().devices.restart(known_role(role))
    services().accounts.note_device_act(signed_in(), "restart", role)
    return redirect(url_for("devices.page"), 303)


@bp.post("/devices/<role>/self-test")
def self_test(role: str) -> ResponseReturnValue:
    """Ask the device everything that diagnostics may ask, and keep the answer for the page, or why there was none."""
    devices = services().devices
    services().accounts.note_device_act(signed_in(), "self-test", known_role(role))
    try:
        result = devices.self_test(role)
        last = LastSelfTest(services().clock.now(), result.status, result.identity.sam_id)
    except DeviceError as error:
        last = LastSelfTest(services().clock.now(), code=error.code, facts=error.facts)
    composition().self_tests[role] = last
    return redirect(url_for("devices.page", _anchor=f"self-test-{role}"), 303)


def offered(role: str, address: str) -> str:
    """Give back an address that the page offers: a port that was found, or the configured one.

    Raises: CodedError WEB-NOT-FOUND.
    """
    devices = services().devices
    found = {candidate.address for candidate in devices.candidates(known_role(role))}
    if address not in found | {devices.configured_address(role)}:
        raise CodedError("WEB-NOT-FOUND", Actor.TECHNICIAN, Retry.NEVER)
    return address


@bp.get("/devices/<role>/use")
def use_question(role: str) -> ResponseReturnValue:
    """Say what another port means, and ask whether it is meant."""
    address = offered(role, request.args.get("address", ""))
    status = next(status for status in services().devices.statuses() if status.role == role)
    configured = services().devices.configured_address(role)
    return render_template("devices/use.html", status=status, address=address, configured=configured)


@bp.post("/devices/<role>/use")
def use(role: str) -> ResponseReturnValue:
    """Use a port that the page has listed, or the configured one again; any other address is refused."""
    address = offered(role, request.form.get("address", ""))
    if request.form.get("meant") != "yes":
        raise CodedError("WEB-BAD-REQUEST", Actor.TECHNICIAN, Retry.NEVER)
    services().devices.use(role, address)
    composition().self_tests.pop(role, None)
    services().accounts.note_device_act(signed_in(), "use", role)
    return redirect(url_for("devices.page", _anchor=f"device-{role}"), 303)


@bp.get("/devices/<role>/order/<order>")
def order_question(role: str, order: str) -> ResponseReturnValue:
    """Say what an order to the module means and risks, and ask whether it is meant."""
    known, value = known_order(order), request.args.get("value", "")
    if value not in _VALUES[known]:
        raise CodedError("WEB-BAD-REQUEST", Actor.TECHNICIAN, Retry.NEVER)
    status = next(status for status in services().devices.statuses() if status.role == known_role(role))
    return render_template("devices/order.html", status=status, order=known, value=value)


@bp.post("/devices/<role>/order/<order>")
def give_order(role: str, order: str) -> ResponseReturnValue:
    """Give an order that was asked about; the page of devices tells how it ended."""
    known, value = known_order(order), request.form.get("value", "")
    if value not in _VALUES[known] or request.form.get("meant") != "yes":
        raise CodedError("WEB-BAD-REQUEST", Actor.TECHNICIAN, Retry.NEVER)
    by = signed_in()
    services().accounts.note_device_act(by, f"{known} {value}", known_role(role))
    services().devices.set_module(role, known, int(value), by.user_id)
    return redirect(url_for("devices.page", _anchor=f"order-{role}"), 303)
