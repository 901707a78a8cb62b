"""What of a message to a browser is the address of a file that the browser may then ask for."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import DecodeError, Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


def files_of(data: bytes) -> list[str]:
    """Return the addresses of files in a message of Streamlit's, nothing for what is no message.

    They stand in fields of that name (``url``, ``upload_url``), which no page fills with what
    somebody typed; a text that only looks like an address stands elsewhere.
    """
    try:
        return list(_addresses(ForwardMsg.FromString(data)))
    except DecodeError:
        return []


def _addresses(message: Message) -> Iterator[str]:
    """Yield what fields named for an address hold, however deep."""
    for field, value in message.ListFields():
        if field.message_type is None:
            if isinstance(value, str) and field.name.endswith("url"):
                yield value
        elif field.message_type.GetOptions().map_entry:
            continue
        elif isinstance(value, Message):
            yield from _addresses(value)
        else:
            for each in value:
                yield from _addresses(each)
