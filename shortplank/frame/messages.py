"""Streamlit's messages between browser and server, as far as the gate has to understand them."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import DecodeError, Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# What a browser may ask for. Not: to empty the caches of everybody, where the code comes from, to
# shut the server down, to write files beside the code.
_ALLOWED = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request")
_OPERATIONS = ("deferred_file", "dataframe_chunk")
# What a message has in it that names a file's address: few have, and only those are walked through.
_MARKS = (b"/media/", b"/_stcore/upload_file/")


def files_of(data: bytes) -> list[str]:
    """Return the addresses and offers of files in a message to a browser, nothing for what is none.

    They stand in fields of that name (``url``, ``upload_url``), which no page fills with what
    somebody typed; a text that only looks like an address stands elsewhere.
    """
    try:
        message = ForwardMsg.FromString(data)
    except DecodeError:
        return []
    offer = message.delta.new_element.download_button.deferred_file_id
    found = [offer] if offer else []
    return [*found, *_addresses(message)] if any(mark in data for mark in _MARKS) else found


def _addresses(message: Message) -> Iterator[str]:
    """Yield what fields named for an address hold, however deep."""
    for field, value in message.ListFields():
        if field.message_type is None:
            if isinstance(value, str) and field.name.endswith("url") and "/" in value:
                yield value
        elif field.message_type.GetOptions().map_entry:
            continue
        elif isinstance(value, Message):
            yield from _addresses(value)
        else:
            for each in value:
                yield from _addresses(each)


def asked_of(data: bytes) -> list[str] | None:
    """Return the offers that a browser's message takes up; None for one that nobody may send."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind in _ALLOWED:
        return []
    operation = message.backend_operation_request
    if kind != "backend_operation_request" or operation.WhichOneof("payload") not in _OPERATIONS:
        return None
    offer = operation.deferred_file.file_id
    return [offer] if operation.HasField("deferred_file") else []
