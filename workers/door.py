"""Looks at the archive from outside, through whatever server stands in front: what ``doctor`` says of its address."""

from __future__ import annotations

import hashlib
import json
import ssl
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import httpx

from app.admin.domain.door import GOOD_S, sign_door
from app.admin.schemas import DoorSeen
from app.kernel.settings import is_loopback
from app.ports.object_store import StoreFullError
from app.recordings.domain.uploads import MIB, SMALLEST_PART_BYTES

if TYPE_CHECKING:
    from app.kernel.settings import Settings
    from app.ports.object_store import ObjectStore, PartAddress

CLAIMED: Final = ("192.0.2.77", "192.0.2.78")
"""Addresses that nobody has (RFC 5737): who can make the archive believe one can sign in wrongly without end."""
WAIT_S: Final = 10.0
PART_WAIT_S: Final = 60.0
AT_ONCE_S: Final = 0.5
"""The stream's second event comes a second after its first; a server that holds them back sends both at once."""

LONG_PARTS: Final = "nginx: client_max_body_size 16m; Caddy: request_body { max_size 16MB }"
HOST: Final = "nginx: proxy_set_header Host $http_host; Caddy: header_up Host {host}"
SCHEME: Final = "nginx: proxy_set_header X-Forwarded-Proto $scheme; Caddy sends it by itself"
WHO_ASKS: Final = "nginx: proxy_set_header X-Forwarded-For $remote_addr; Caddy sends it by itself"
AT_ONCE: Final = "nginx: proxy_buffering off; Caddy: flush_interval -1"
PUBLIC: Final = "STORYBRAID_OBJECTS__PUBLIC_ENDPOINT=https://…, the name of a server with TLS in front of the store"
CORS: Final = "storybraid objects setup; the server in front passes OPTIONS on and adds no Access-Control-* of its own"
STRANGE: Final = (
    "an archive answers there ({status}) that has another secret than this one, or is of another version; "
    "nothing more was asked"
)


class _StrangeError(Exception):
    """Another archive answers, which is sent nothing."""


def look_from_outside(settings: Settings, objects: ObjectStore) -> tuple[str, str]:
    """(address and product of the server in front, a line for each fault on the way; "" = none).

    Asks the address as a browser does, and sends one part of the planned size that is thrown away.
    """
    address = settings.address
    parts = urlsplit(address)
    if not settings.base_url or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return address, "only this machine reaches it: STORYBRAID_BASE_URL names no public address"
    with httpx.Client(timeout=WAIT_S, headers={"User-Agent": "storybraid doctor"}) as client:
        try:
            answer = client.get(f"{address}/api/v1/health/live")
            product = f"{address} ({answer.headers['server']})" if "server" in answer.headers else address
            fault = _not_ours(answer, settings)
            if fault:
                return product, fault
            faults = [*_way_in(client, settings), *_long_parts(client, objects, address)]
        except _StrangeError as error:
            return product, str(error)
        except httpx.TransportError as error:
            return address, _unreached(error)
    return product, "\n".join(faults)


def _unreached(error: httpx.TransportError) -> str:
    sentence = " ".join(str(error).split())
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"its certificate is refused, as browsers will: {sentence}"
        cause = cause.__cause__ or cause.__context__
    return f"cannot be reached from this machine: {sentence or type(error).__name__}"


def _not_ours(answer: httpx.Response, settings: Settings) -> str:
    """Why the answer is not that of an archive; "" when it is."""
    if answer.is_redirect:
        return f"sends on to {answer.headers.get('location', 'nowhere')}: STORYBRAID_BASE_URL must be where people end"
    try:
        ours = answer.is_success and answer.json() == {"ok": True}
    except ValueError:
        ours = False
    if ours:
        return ""
    return (
        f"the server in front answers {answer.status_code} by itself: the archive does not run, or requests do not "
        f"reach it (nginx: proxy_pass http://{settings.host}:{settings.port}; "
        f"Caddy: reverse_proxy {settings.host}:{settings.port})"
    )


def _way_in(client: httpx.Client, settings: Settings) -> list[str]:
    """Faults of what the server in front says of a request, and of how it passes a stream on."""
    expires = int(time.time()) + GOOD_S
    asked = urlencode({"expires": expires, "signature": sign_door(settings.signing_key(), expires)})
    claim = {"X-Forwarded-For": ", ".join(CLAIMED)}
    with client.stream("GET", f"{settings.address}/api/v1/health/door?{asked}", headers=claim) as answer:
        if answer.status_code != httpx.codes.OK:
            raise _StrangeError(STRANGE.format(status=answer.status_code))
        said = (line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: "))
        events = [(time.monotonic(), data) for data in said]
    faults = forwarding_faults(DoorSeen(**json.loads(events[0][1])), settings.address) if events else []
    if len(events) < 2 or events[1][0] - events[0][0] < AT_ONCE_S:  # noqa: PLR2004  the first and the second
        faults.append(f"words that are being written down arrive late, all at once ({AT_ONCE})")
    return faults


def forwarding_faults(seen: DoorSeen, address: str) -> list[str]:
    """What is wrong with how a request arrived that was sent to ``address`` with ``CLAIMED`` as its senders."""
    wanted = urlsplit(address)
    faults = []
    if seen.host.lower() != wanted.netloc.lower():
        faults.append(f"requests arrive as if for “{seen.host}” instead of “{wanted.netloc}” ({HOST})")
    named = [one.strip() for one in seen.forwarded_for.split(",") if one.strip()]
    in_front = wanted.scheme == "https"
    believed = True
    if seen.scheme != wanted.scheme:
        believed = seen.forwarded_proto != wanted.scheme
        if believed:
            faults.append(f"requests arrive as {seen.scheme} instead of {wanted.scheme} ({SCHEME})")
    unsaid = in_front and named in ([], list(CLAIMED))
    if seen.address == CLAIMED[0] or (unsaid and seen.address in CLAIMED):
        faults.append(f"whoever guesses passwords can claim to come from anywhere ({WHO_ASKS})")
    elif unsaid:
        faults.append(f"everybody seems to come from {seen.address} and shares its wrong passwords ({WHO_ASKS})")
    elif in_front and seen.address not in named:
        believed = False
    if not believed:
        faults.append(
            f"the archive does not believe the server in front, which asks from {seen.address}: "
            "set FORWARDED_ALLOW_IPS to that address where the API runs"
        )
    return faults


def _long_parts(client: httpx.Client, objects: ObjectStore, address: str) -> list[str]:
    """Send one part as a page of the archive would; it is thrown away."""
    size = SMALLEST_PART_BYTES
    data = bytes(size)
    digest = hashlib.sha256(data).hexdigest()
    try:
        ref = objects.start(size, size, "application/octet-stream")
    except (OSError, StoreFullError):
        return []  # the part "objects" says so
    try:
        part = objects.part_url(ref, 1, size, digest, int(PART_WAIT_S) * 2)
        place = urlsplit(part.url).netloc
        if address.startswith("https:") and part.url.startswith("http:"):
            return [f"parts go to http://{place}, which browsers refuse from a page with https ({PUBLIC})"]
        leave = None
        if objects.browser_origin is not None:
            leave = client.options(part.url, headers=_page_asks(part, address))
        headers = {**part.headers, "Origin": address}
        answer = client.request(part.method, part.url, content=data, headers=headers, timeout=PART_WAIT_S)
    except httpx.ConnectError as error:
        return [f"{place}, where browsers send the parts, {_unreached(error)}"]
    except httpx.TransportError as error:
        return [f"a part of {size // MIB} MiB breaks off ({' '.join(str(error).split())}); perhaps {LONG_PARTS}"]
    finally:
        objects.abort(ref)
    faults = part_faults(answer, place, size)
    if leave is not None and not _lets(leave, part, address):
        faults.append(f"{place} lets no page of {address} send parts ({CORS})")
    elif leave is not None and answer.is_success and not _is_for(answer, address):
        faults.append(f"{place} lets no page of {address} see how a part was received ({CORS})")
    return faults


def _page_asks(part: PartAddress, address: str) -> dict[str, str]:
    """What a browser asks a store before it sends a part from a page of ours."""
    names = ",".join(sorted(name.lower() for name in part.headers))
    return {"Origin": address, "Access-Control-Request-Method": part.method, "Access-Control-Request-Headers": names}


def _lets(leave: httpx.Response, part: PartAddress, address: str) -> bool:
    """Whether a browser takes the store's answer for leave to send this part."""
    if leave.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return True  # what answers there is another fault
    methods = _listed(leave, "access-control-allow-methods")
    allowed = _listed(leave, "access-control-allow-headers")
    named = "*" in allowed or {name.lower() for name in part.headers} <= allowed
    return leave.is_success and _is_for(leave, address) and bool({part.method.lower(), "*"} & methods) and named


def _is_for(answer: httpx.Response, address: str) -> bool:
    """Whether pages of the address may read it: the header is there, and once."""
    return answer.headers.get("access-control-allow-origin") in (address, "*")


def _listed(answer: httpx.Response, name: str) -> set[str]:
    return {one.strip().lower() for one in answer.headers.get(name, "").split(",")}


def part_faults(answer: httpx.Response, place: str, size: int) -> list[str]:
    """What an answer to a part of ``size`` bytes, sent to the host ``place``, tells of the server in front."""
    if answer.is_success:
        return []
    kind = answer.headers.get("content-type", "")
    if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return [f"{place} refuses parts of {size // MIB} MiB, so no recording arrives ({LONG_PARTS})"]
    if "SignatureDoesNotMatch" in answer.text:
        return [f"the store does not know the address of a part again after {place} passed it on ({HOST})"]
    if "problem+json" in kind or "xml" in kind:
        said = " ".join(answer.text.split())[:200]
        return [f"a part of {size // MIB} MiB reached the archive, which answered {answer.status_code}: {said}"]
    said = f"{place} answers a part of {size // MIB} MiB with {answer.status_code} by itself, so no recording arrives"
    return [f"{said}; nothing is behind it, or it takes nothing so long ({LONG_PARTS})"]
