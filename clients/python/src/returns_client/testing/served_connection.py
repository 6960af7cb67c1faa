"""One connection of the local server: the machine of the server's role on an asyncio transport."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from ..codec import encode_message
from ..errors import RCPError
from ..methods import AnyMethod
from ..status import RETRY_NEVER, GoAwayCode, Outcome, RefusedCode, StatusCode
from ..wire import actions as a
from ..wire.call_payloads import Response
from ..wire.frames import COMPRESSION
from ..wire.metadata import Metadata
from ..wire.server_machine import ServerMachine
from .context import CallContext, decoded

if TYPE_CHECKING:
    from .local_server import LocalServer

_ID_REUSED = "this request id was used for another request"


class ServedConnection(asyncio.Protocol):
    """Runs handlers as tasks, and enforces the times that the machine cannot know."""

    def __init__(self, server: LocalServer, number: int) -> None:
        # No two of one server have the same.
        self.number = number
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._machine = ServerMachine(server.limits, server.methods(), server.features, server.name)
        self._transport: asyncio.Transport | None = None
        self._is_paused = False
        self._calls: dict[int, CallContext] = {}
        self._tasks: dict[int, asyncio.Task[tuple[Response, Message | None]]] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._hello_timer: asyncio.TimerHandle | None = None
        self._frame_timer: asyncio.TimerHandle | None = None
        self.credential = ""
        self.has_compression = False

    @property
    def tasks(self) -> list[asyncio.Task[tuple[Response, Message | None]]]:
        return list(self._tasks.values())

    @property
    def held_bytes(self) -> int:
        return self._machine.held_bytes

    # For tests and contexts.

    def drain(self) -> None:
        self._do(self._machine.drain())

    def end(self, code: GoAwayCode, text: str) -> None:
        self._do(self._machine.end(code, text))

    def abort(self) -> None:
        """As if the network were gone."""
        if self._transport is not None:
            self._transport.abort()

    def take_message(self, stream: int) -> None:
        self._do(self._machine.take_message(stream))

    def send_message(self, stream: int, data: bytes, is_compressed: bool) -> None:
        self._do(self._machine.send_message(stream, data, is_compressed))

    def is_full(self, stream: int) -> bool:
        return self._is_paused or self._machine.is_full(stream)

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)
        seconds = self._server.limits.hello_milliseconds_max / 1000
        self._hello_timer = self._loop.call_later(seconds, lambda: self._do(self._machine.hello_timed_out()))

    def data_received(self, data: bytes) -> None:
        self._do(self._machine.receive(data, int(self._loop.time() * 1000)))
        self._watch_frame(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._do(self._machine.transport_ended())
        self._end_all()
        self._server.connections.discard(self)

    def pause_writing(self) -> None:
        self._is_paused = True
        # What more comes would only add to what the client does not take (outboundBytesMax).
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_paused = False
        if self._transport is not None:
            self._transport.resume_reading()
        for context in list(self._calls.values()):
            context.wake_writer()

    # Actions.

    def _do(self, actions: list[a.Action]) -> None:
        for action in actions:
            match action:
                case a.Write(data):
                    if self._transport is not None and not self._transport.is_closing():
                        self._transport.write(data)
                case a.Authenticate():
                    self._authenticate(action)
                case a.Ready(ack):
                    self.has_compression = bool(ack.features & COMPRESSION)
                    if self._hello_timer is not None:
                        self._hello_timer.cancel()
                case a.StartTimer(stream, milliseconds):
                    self._start_timer(stream, milliseconds)
                case a.StartCall():
                    self._start_call(action)
                case a.Deliver(stream, data, is_compressed, is_last):
                    self._calls[stream].deliver(data, is_compressed, is_last)
                case a.EndMessages(stream):
                    self._calls[stream].end_messages()
                case a.Writable(stream):
                    if stream in self._calls:
                        self._calls[stream].wake_writer()
                case a.CancelCall(stream) | a.AbortCall(stream):
                    self._tasks[stream].cancel()
                    self._stop_timer(stream)
                case a.RefuseCall(stream):
                    self._stop_timer(stream)
                case a.Close():
                    if self._transport is not None:
                        self._transport.close()
                    self._end_all()
                case _:
                    raise AssertionError(f"a server's machine does not ask for {action}")

    def _authenticate(self, action: a.Authenticate) -> None:
        transport = self._transport
        session = transport.get_extra_info("ssl_object") if transport is not None else None
        has_certificate = session is not None and bool(session.getpeercert(binary_form=True))
        if not self._server.admits(action.hello, has_certificate):
            self._do(self._machine.refuse(RefusedCode.UNAUTHENTICATED, "the token is unknown"))
            return
        self.credential = action.hello.credential.decode(errors="replace")
        self._do(self._machine.authenticated())

    def _end_all(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        for timer in (self._hello_timer, self._frame_timer, *self._timers.values()):
            if timer is not None:
                timer.cancel()
        self._timers.clear()

    def _watch_frame(self, count: int) -> None:
        """Row M65: a frame under way gets its time when it begins, and more as its bytes come."""
        if not self._machine.is_inside_frame:
            if self._frame_timer is not None:
                self._frame_timer.cancel()
                self._frame_timer = None
            return
        limits = self._server.limits
        credit = count / limits.frame_bytes_per_second_min
        if self._frame_timer is None:
            at = self._loop.time() + limits.frame_milliseconds_max / 1000
        else:
            at = self._frame_timer.when()
            self._frame_timer.cancel()
        self._frame_timer = self._loop.call_at(at + credit, lambda: self._do(self._machine.frame_timed_out()))

    def _start_timer(self, stream: int, milliseconds: int | None) -> None:
        self._stop_timer(stream)
        if milliseconds is None:
            return
        self._timers[stream] = self._loop.call_later(
            milliseconds / 1000, lambda: self._do(self._machine.deadline_passed(stream))
        )

    def _stop_timer(self, stream: int) -> None:
        timer = self._timers.pop(stream, None)
        if timer is not None:
            timer.cancel()

    # Handlers.

    def _start_call(self, action: a.StartCall) -> None:
        method, handler = self._server.handlers[action.method]
        context = CallContext(self, action.stream, method, action.request)
        if action.has_ended:
            context.end_messages()
        self._server.calls_started += 1
        self._calls[action.stream] = context
        task = self._loop.create_task(self._run(action, context, method, handler))
        self._tasks[action.stream] = task
        # Not at the end of the task, since one that is cancelled before it begins has none.
        task.add_done_callback(lambda _: self._returned(action.stream, task))

    async def _run(
        self, action: a.StartCall, context: CallContext, method: AnyMethod, handler: Any
    ) -> tuple[Response, Message | None]:
        try:
            return await self._handle(action, context, method, handler)
        except RCPError as error:
            return _failed(error, context.trailers), None
        except Exception as error:
            outcome = Outcome.NOT_APPLIED if method.is_read_only else Outcome.UNKNOWN
            return Response(StatusCode.INTERNAL, outcome, text=f"the handler failed: {error!r}"), None

    def _returned(self, stream: int, task: asyncio.Task[tuple[Response, Message | None]]) -> None:
        self._calls.pop(stream, None)
        self._tasks.pop(stream, None)
        self._stop_timer(stream)
        if task.cancelled():
            self._respond(stream, Response(StatusCode.CANCELLED), None)
        else:
            self._respond(stream, *task.result())

    def _respond(self, stream: int, response: Response, message: Message | None) -> None:
        data, is_compressed = (None, False) if message is None else self._encode(message)
        self._do(self._machine.respond(stream, response, data, is_compressed))

    def _encode(self, message: Message) -> tuple[bytes, bool]:
        smallest = self._server.limits.compressed_message_bytes_min if self.has_compression else None
        return encode_message(message, smallest)

    async def _handle(
        self, action: a.StartCall, context: CallContext, method: AnyMethod, handler: Any
    ) -> tuple[Response, Message | None]:
        argument: Any = context.requests()
        if action.message is not None:
            argument = decoded(method, action.message, action.is_compressed)
        if method.kind.server_streams:
            async with contextlib.aclosing(handler(argument, context)) as replies:
                async for reply in replies:
                    await context.send(*self._encode(reply))
            return self._success(method, context, False), None
        if not method.needs_request_id:
            return self._success_after(method, context, await handler(argument, context))
        return await self._apply_once(action, context, method, handler, argument)

    async def _apply_once(
        self, action: a.StartCall, context: CallContext, method: AnyMethod, handler: Any, argument: Message
    ) -> tuple[Response, Message | None]:
        """A mutation is applied once under its id, and its reply given again (SPEC.md §7.3)."""
        request_id, request = action.request.request_id, argument.SerializeToString(deterministic=True)
        known = self._server.remembered.get(request_id)
        if known is not None and known[0] != request:
            raise RCPError(StatusCode.INVALID_ARGUMENT, _ID_REUSED, retry_after_milliseconds=RETRY_NEVER)
        if known is not None:
            return self._success(method, context, True), method.reply_type.FromString(known[1])
        reply = await handler(argument, context)
        self._server.remember(request_id, request, reply.SerializeToString())
        return self._success(method, context, False), reply

    def _success_after(
        self, method: AnyMethod, context: CallContext, reply: Message
    ) -> tuple[Response, Message | None]:
        # After the handler, which may have set trailers.
        return self._success(method, context, False), reply

    @staticmethod
    def _success(method: AnyMethod, context: CallContext, replayed: bool) -> Response:
        outcome = Outcome.NOT_APPLIED if method.is_read_only else Outcome.APPLIED
        return Response(StatusCode.OK, outcome, replayed, trailers=tuple(context.trailers))


def _failed(error: RCPError, trailers: list[tuple[str, str | bytes]]) -> Response:
    metadata: Metadata = tuple(error.trailers) or tuple(trailers)
    return Response(
        error.code, error.outcome, False, error.retry_after_milliseconds, error.text, error.details, metadata
    )
