"""What other programs get: one thread answers all of them, so that pages go first."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import shortplank
from shortplank.audit.lines import note
from shortplank.audit.seen import Seen, note_export, note_look, seen_of
from shortplank.doors import asked, described, formats, rows
from shortplank.doors.headers import kind_of, questions
from shortplank.errors import AskError, NotAllowed, OneCounty, ShortplankError
from shortplank.gate.house import house_of
from shortplank.gate.programs import CALLER, PLACE, Caller, Refused, fault
from shortplank.store import Engine, engine, workspace_path
from shortplank.upkeep.ready import begin
from shortplank.upkeep.watching import calls, runs
from shortplank.wording.naming import spoken

log = logging.getLogger("shortplank")
# How many programs are answered at once, and how many more may wait for it.
AT_ONCE, WAITING = 1, 16
MOST_REST = 0.5


@dataclass
class Call:
    """One request: who asks, what the address and the headers say, which engine answers."""

    caller: Caller
    said: dict[str, str]
    accept: str
    known: str
    """The ETags that the program has."""
    shared: Engine
    base: str


@dataclass
class Answer:
    """What a request gets: its body, and the headers that say what it is."""

    body: bytes
    media: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


class Doors:
    """Answers programs, a few at a time."""

    def __init__(self, base: str = "") -> None:
        self.base, self._inside = base, 0
        self._took, self._begun = 0.0, runs.begun
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="doors")

    async def __call__(self, request: Request) -> Response:
        """Answer one request; every fault is one sentence, and none has a figure in it."""
        response = await self._answered(request)
        calls.add(response.status_code)
        return response

    async def _answered(self, request: Request) -> Response:
        caller = request.scope.get(CALLER)
        if not isinstance(caller, Caller):  # no gate stands before it
            return fault(ShortplankError("请求没有经过登录入口"), 401)
        if self._inside >= AT_ONCE + WAITING:
            busy = ShortplankError("同时取数的程序太多", mend="请稍后再试")
            return fault(busy, 503, {"retry-after": "2"})
        self._inside += 1
        try:
            running = asyncio.get_running_loop()
            made = await running.run_in_executor(self._threads, self._made, request, caller)
        finally:
            self._inside -= 1
        if isinstance(made, Response):
            return made
        body = b"" if request.method == "HEAD" or made.status == 304 else made.body
        response = Response(body, made.status, made.headers, media_type=made.media)
        if made.status == 200:
            response.headers["content-length"] = str(len(made.body))
        return response

    def _made(self, request: Request, caller: Caller) -> Answer | Response:
        """Answer in the thread of the doors; where pages ran since, it rests as long as it worked.

        Whatever programs ask for, pages have half of the interpreter at the least.
        """
        if runs.begun != self._begun:
            time.sleep(min(self._took, MOST_REST))
        self._begun, began = runs.begun, time.thread_time()
        try:
            return self._tried(request, caller)
        finally:
            self._took = time.thread_time() - began

    def _tried(self, request: Request, caller: Caller) -> Answer | Response:
        try:
            return self._called(request, caller)
        except Refused as refused:
            return fault(refused, refused.status, refused.headers)
        except NotAllowed as error:
            account, facts = caller.actor.account, {"reason": "scope", **_act(caller)}
            note(workspace_path(), account, "refused", **facts)
            return fault(error, 403)
        except (AskError, OneCounty) as error:
            return fault(error, 400)
        except ShortplankError as error:
            log.error("api: %s", error)
            return fault(error, 503, {"retry-after": "30"})
        except Exception:
            log.exception("api: no answer")
            return fault(ShortplankError("程序内部出错", mend="请告诉维护人员"), 500)

    def _called(self, request: Request, caller: Caller) -> Answer:
        said = asked.says_of(request.query_params.multi_items())
        parts = request.url.path.removeprefix(f"{self.base}{PLACE}").strip("/").split("/")
        make: Callable[[Call], Answer]
        match parts:
            case [""]:
                make = _list
            case ["openapi.json"]:
                make = _openapi
            case ["ask", name] if name in questions():
                make = _ask(name)
            case ["findings", month]:
                make = _findings(month)
            case ["ask", *_]:
                known = "查询名见 /api/"
                raise Refused(404, "没有这个查询", place="ask", mend=known)
            case _:
                raise Refused(404, "没有这个地址", mend="可用的地址见 /api/ 和 /api/openapi.json")
        if not begin(workspace_path()):
            raise Refused(
                503, "看板正在准备新一版的数据", mend="请稍后再试", headers={"retry-after": "10"}
            )
        headers = request.headers
        call = Call(
            caller, said, headers.get("accept", ""), headers.get("if-none-match", ""), engine(),
            self.base,
        )  # fmt: skip
        return make(call)


# --- what there is to ask -------------------------------------------------------------------------
def _list(call: Call) -> Answer:
    return _document(call, described.listed(call.shared.ws))


def _openapi(call: Call) -> Answer:
    return _document(call, described.openapi(call.base))


def _document(call: Call, told: Mapping[str, Any]) -> Answer:
    if call.said:
        raise asked.wrong(min(call.said), "这里不用", "请去掉")
    formats.chosen(None, call.accept, ("json",))
    body = _dumped(told)
    return _tagged(call, body, formats.JSON, _hash(body), {})


def _dumped(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1).encode()


# --- questions ------------------------------------------------------------------------------------
def _ask(name: str) -> Callable[[Call], Answer]:
    query = questions()[name]

    def answered(call: Call) -> Answer:
        form = formats.chosen(call.said.get("format"), call.accept)
        areas = [call.said[p] for p in query.params if kind_of(p) == "area" and p in call.said]
        look = asked.look(call.shared, call.caller.actor, call.said, areas)
        given = asked.params(look, query, call.said)
        ws, edition = look.engine.ws, look.engine.edition(look.edition)
        exact, held = look.actor.may("see_exact"), look.actor.held_to(ws)
        rests_on = (
            shortplank.__version__, ws.fingerprint, look.home, edition.number,
            edition.published_at.isoformat(), query.sql, sorted(given.items()), look.actor.reads,
            look.actor.scope if held is not None else look.actor.seat(ws), form.name,
        )  # fmt: skip
        about = {
            "query": name,
            "edition": edition.number,
            "published_at": edition.published_at.isoformat(),
            "county": look.home,
            "figures": "exact" if exact else "banded",
            "parameters": asked.told(given),
        }
        tag, headers = _hash(repr(rests_on).encode()), _about(look, exact=exact)
        seen = _seen(call, look, query=name)
        if _has(call.known, tag):
            note_look(seen, {})
            return Answer(b"", form.media, {**headers, **_kept(tag)}, 304)
        most = house_of(workspace_path()).access.api.rows
        table = rows.rows_of(look, query, given, most)
        body = form.write(table, about)
        note_export(seen, form.name, table.num_rows, exact=exact)
        return Answer(body, form.media, {**headers, **_kept(tag)})

    return answered


# --- findings -------------------------------------------------------------------------------------
def _findings(month: str) -> Callable[[Call], Answer]:
    def answered(call: Call) -> Answer:
        from shortplank.papers.findings import month_findings  # slow to import

        unknown = set(call.said) - set(asked.COMMON)
        if unknown:
            raise asked.wrong(min(unknown), "这里没有", f"可写 {'、'.join(asked.COMMON)}")
        form = formats.chosen(call.said.get("format"), call.accept, ("json",))
        look = asked.look(call.shared, call.caller.actor, call.said)
        view = asked.month_view(look, month)
        with spoken(view.ws):
            body = _dumped(month_findings(view))
        exact, seen = look.actor.may("see_exact"), _seen(call, look, month=month[:7])
        headers = _about(look, exact=exact)
        made = _tagged(call, body, form.media, _hash(body), headers)
        if made.status == 304:
            note_look(seen, {})
        else:
            note_export(seen, form.name, None, exact=exact)
        return made

    return answered


# --- what every answer says of itself -------------------------------------------------------------
def _act(caller: Caller) -> dict[str, str | int]:
    token = {"token": caller.token} if caller.token else {}
    return {"act": "api", **token}


def _seen(call: Call, look: asked.Look, **facts: str | int) -> Seen:
    facts |= {"edition": look.edition, "area": look.home, **_act(call.caller)}
    return seen_of(look.engine.ws.path, look.actor.account, **facts)


def _about(look: asked.Look, *, exact: bool) -> dict[str, str]:
    return {
        "x-shortplank-edition": str(look.edition),
        "x-shortplank-county": look.home,
        "x-shortplank-figures": "exact" if exact else "banded",
    }


def _tagged(call: Call, body: bytes, media: str, tag: str, headers: Mapping[str, str]) -> Answer:
    has = _has(call.known, tag)
    return Answer(b"" if has else body, media, {**headers, **_kept(tag)}, 304 if has else 200)


def _kept(tag: str) -> dict[str, str]:
    """Return the headers by which a program may keep an answer and ask whether it still holds."""
    return {
        "etag": f'"{tag}"',
        "cache-control": "private, no-cache",
        "vary": "Accept, Authorization, Cookie",
        "cross-origin-resource-policy": "same-origin",
    }


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _has(known: str, tag: str) -> bool:
    """Return whether an If-None-Match header names a tag."""
    named = {each.strip().removeprefix("W/") for each in known.split(",")}
    return f'"{tag}"' in named or "*" in named
