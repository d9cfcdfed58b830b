"""Sending spans to a collector by OpenTelemetry's protocol, where that is set; loaded only then."""

from __future__ import annotations

import contextlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from app.kernel import tracing
from app.kernel.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.trace import Span, Tracer

    from app.kernel.tracing import Fact

MAY_BE_TOLD: Final = frozenset(
    {
        *("http.request.method", "http.route", "http.response.status_code"),
        *("storybraid.request_id", "storybraid.job", "storybraid.id", "storybraid.outcome"),
    }
)
"""Whatever else a span may be given stays here: a collector is often somebody else's machine."""
_ANSWER_S: Final = 2.0
"""The end of a process waits no longer for a collector that does not answer."""


class TracesError(ArchiveError):
    """Spans are wanted and cannot be sent."""

    slug = "traces"
    title = "Traces cannot be sent like this."


class _Begun:
    def __init__(self, tracer: Tracer, name: str, facts: Mapping[str, Fact]) -> None:
        self._span: Span = tracer.start_span(name, attributes=_told(facts))

    def end(self, name: str, facts: Mapping[str, Fact], *, failed: bool) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415  only where the extra is installed

        self._span.update_name(name)
        self._span.set_attributes(_told(facts))
        if failed:
            self._span.set_status(StatusCode.ERROR)  # without the error itself, which may quote a text
        self._span.end()


def _told(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name: value for name, value in facts.items() if name in MAY_BE_TOLD}


@contextlib.contextmanager
def traced(endpoint: str | None) -> Iterator[None]:
    """Send the spans of this process to the collector at ``endpoint`` meanwhile; None: nothing is loaded or sent.

    The provider is our own and no global one: what libraries would tell by themselves (addresses with their queries)
    is not sent. Raises ``TracesError`` without the extra ``otel``.
    """
    if endpoint is None:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  optional
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  optional
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  optional
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  optional
    except ImportError as error:
        message = (
            "STORYBRAID_TRACES_ENDPOINT is set and OpenTelemetry is not installed. "
            "Run: pip install 'storybraid[otel]', or leave the setting out."
        )
        raise TracesError(message) from error
    of_us = Resource.create({"service.name": "storybraid", "service.version": version("storybraid")})
    provider = TracerProvider(resource=of_us, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=_ANSWER_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("storybraid")
    tracing.watch(lambda name, facts: _Begun(tracer, name, facts))
    try:
        yield
    finally:
        tracing.watch(None)
        provider.shutdown()
