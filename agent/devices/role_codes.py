"""The codes that the agent itself gives a device's troubles, role by role; what a driver says has its own."""

from __future__ import annotations

from dataclasses import dataclass

READING_BROKEN = "READER-READING-BROKEN"
"""Of a card amid whose reading the reader failed: many a module finds it again only when it has been lifted."""


@dataclass(frozen=True, slots=True)
class RoleCodes:
    """What stands behind a device that cannot be used.

    Attributes:
        absent: nobody is there, and no better reason is known.
        in_service: somebody else's request is under way.
        stopping: the agent is going down.
        not_configured: the configuration names no such device.
        worker_died: its process ended.
        hung: its process did not come back in time and was ended.
        stuck: its process was ended and does not end: its device holds it in the kernel.
        disabled: its process died too often.
        simulated: it is a simulator, which a register refuses.
        cancelled: the request was called off and its process ended for it.
        restarted: a technician had its process ended while the request was under way.
    """

    absent: str
    in_service: str
    stopping: str
    not_configured: str
    worker_died: str
    hung: str
    stuck: str
    disabled: str
    simulated: str
    cancelled: str
    restarted: str


CODES = {
    "reader": RoleCodes(
        absent="READER-ABSENT",
        in_service="READER-IN-SERVICE",
        stopping="READER-STOPPING",
        not_configured="READER-NOT-CONFIGURED",
        worker_died="READER-WORKER-DIED",
        hung="READER-HUNG",
        stuck="READER-STUCK",
        disabled="READER-DISABLED",
        simulated="READER-SIMULATED",
        cancelled="READER-STOPPING",
        restarted="READER-RESTARTED",
    ),
    "scanner": RoleCodes(
        absent="SCANNER-ABSENT",
        in_service="SCANNER-IN-SERVICE",
        stopping="SCANNER-STOPPING",
        not_configured="SCANNER-NOT-CONFIGURED",
        worker_died="SCANNER-WORKER-DIED",
        hung="SCANNER-HUNG",
        stuck="SCANNER-STUCK",
        disabled="SCANNER-DISABLED",
        simulated="SCANNER-SIMULATED",
        cancelled="SCAN-CALLED-OFF",
        restarted="SCANNER-RESTARTED",
    ),
    "camera": RoleCodes(
        absent="CAMERA-ABSENT",
        in_service="CAMERA-IN-SERVICE",
        stopping="CAMERA-STOPPING",
        not_configured="CAMERA-NOT-CONFIGURED",
        worker_died="CAMERA-WORKER-DIED",
        hung="CAMERA-HUNG",
        stuck="CAMERA-STUCK",
        disabled="CAMERA-DISABLED",
        simulated="CAMERA-SIMULATED",
        cancelled="CAMERA-CALLED-OFF",
        restarted="CAMERA-RESTARTED",
    ),
}
