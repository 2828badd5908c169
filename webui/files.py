"""What a form brings in files stays in memory: nothing of it may lie on the disk in clear."""

from __future__ import annotations

import io
from typing import IO

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData


class FilesInMemory(Request):
    """A request whose files are never spooled to temporary ones.

    Source: security requirements, finding 12 (the framework spools a body of more than 500 kB).

    Attributes:
        is_cut: the body was larger than it may be, and only its first fields were read.
    """

    is_cut = False

    def read_fields_alone(self, most_bytes: int) -> None:
        """Take from the head of a body that is too large what was typed; a browser sends it before the files below it.

        Args:
            most_bytes: how much of the body is looked at.
        """
        self.is_cut = True
        head = self.environ["wsgi.input"].read(most_bytes)
        self.form = ImmutableMultiDict(_whole_fields(head, self.mimetype_params.get("boundary", "").encode()))
        self.files = ImmutableMultiDict()

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - the framework's call shape
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return io.BytesIO()


def _whole_fields(head: bytes, boundary: bytes) -> list[tuple[str, str]]:
    """The fields that stand whole in the head of a multipart body."""
    fields: list[tuple[str, str]] = []
    decoder = MultipartDecoder(boundary)
    name: str | None = None
    text = b""
    decoder.receive_data(head)
    try:
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File):
                name, text = (event.name if isinstance(event, Field) else None), b""
            elif isinstance(event, Data) and name is not None:
                text += event.data
                if not event.more_data:
                    fields.append((name, text.decode(errors="replace")))
    except ValueError:
        return fields
    return fields
