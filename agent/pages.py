"""The pages of a station: what they are given of it, and the server that answers with them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from agent.config import Config
from agent.folder import FolderKind
from agent.register.pictures import DraftPictures
from agent.station import Station
from agent.web_server import WebServer
from webui import LIVE_CAP, Services, WebSettings, create_app, end_streams, warm
from webui.practice import PracticeCamera, PracticePanel, PracticeScanner

STREAM_CAP = 32


@dataclass(slots=True)
class Practice:
    """What a practice folder has besides: panels for its simulators, and what draws their cards' photos."""

    panel: PracticePanel | None = None
    scanner: PracticeScanner | None = None
    draw: Callable[[bytes], bytes | None] | None = None
    camera: PracticeCamera | None = None


class Pages:
    """The pages over a station, on a socket that is bound already."""

    def __init__(
        self, station: Station, config: Config, kind: FolderKind, practice: Practice | None, bound: socket.socket
    ) -> None:
        """Raises: CodedError WEB-BOOTSTRAP when Bootstrap's Debian package is not installed."""
        host, port = bound.getsockname()[:2]
        settings = WebSettings(
            host=host,
            port=port,
            is_practice=kind is FolderKind.PRACTICE,
            station_name=config.station_name,
            stream_cap=STREAM_CAP,
            time_zone=config.time_zone,
        )
        self.url = f"http://{host}:{port}"
        self._app: Flask = create_app(services_of(station, practice or Practice()), settings)
        self._web = WebServer(bound, self._app, STREAM_CAP + LIVE_CAP)

    def start(self) -> None:
        """Begin to answer."""
        self._web.start()

    def warm(self) -> None:
        """Make ready what the first asker of each page would wait for."""
        warm(self._app)

    def stop(self) -> None:
        """End the streams of events, finish what is being answered, then end."""
        end_streams(self._app)
        self._web.stop()


def services_of(station: Station, practice: Practice) -> Services:
    """All that the pages call, of a station."""
    return Services(
        accounts=station.accounts,
        register=station.register,
        tables=station.tables,
        desk=station.desk,
        devices=station.devices,
        documents=station.documents,
        uploads=station.uploads,
        photos=station.photos,
        printing=station.printing,
        exchange=station.exchange,
        addresses=station.addresses,
        scan_button=station.scan_button,
        database=station.watch,
        camera=station.camera_desk,
        bus=station.bus,
        clock=station.clock,
        pictures=DraftPictures(station.register, station.devices, practice.draw),
        practice=practice.panel,
        practice_scanner=practice.scanner,
        practice_camera=practice.camera,
    )
