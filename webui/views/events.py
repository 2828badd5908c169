"""The event stream: what changed, by name; the page fetches the rest."""

from __future__ import annotations

from flask import Blueprint, Response, request

from agent.errors import Actor, CodedError, Retry
from webui.context import composition, services, signed_in
from webui.guard import refuse
from webui.streams import Stream

bp = Blueprint("events", __name__)


@bp.get("/events")
def stream() -> Response:
    """Stream the session's events from `Last-Event-ID` on, or from what the page of a new listener has `seen`.

    403 to another origin, 503 when all places are taken.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise refuse("WEB-ORIGIN")
    session_id = signed_in().session_id
    streams = composition().streams
    last, seen = request.headers.get("Last-Event-ID"), request.args.get("seen")
    subscription = services().bus.subscribe(session_id, last, seen)
    opened = Stream(subscription, request.environ.get("renhu.socket"), services().clock)
    if not streams.add(session_id, opened):
        opened.end()
        raise CodedError("WEB-STREAMS-FULL", Actor.TECHNICIAN, Retry.NOW)

    response = Response(opened.lines(), mimetype="text/event-stream")
    response.call_on_close(lambda: streams.remove(session_id, opened))
    return response
