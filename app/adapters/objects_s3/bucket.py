"""The bucket itself: is it there, is it private, may pages send to it, and what killed processes left in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from urllib3.exceptions import HTTPError

from app.adapters.objects_s3.incoming import FOLDER, PROMISED, as_base64, remove_all
from app.ports.object_store import ObjectMissingError, StoreRestsError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from types_boto3_s3 import S3Client

    from app.adapters.objects_s3.calls import Calls
    from app.kernel.settings import S3Objects

PREFIXES: Final = (FOLDER, "masters/", "copies/")
PROBE: Final = "probe/"
"""Below each prefix, where no recording's id can stand."""
_PROBE: Final = re.compile(rf"(?:{'|'.join(PREFIXES)}){PROBE}[0-9a-f]{{32}}")
ORPHAN: Final = dt.timedelta(days=30)
"""Longer than any process needs from here to the row of what it began."""
_REGION: Final = "set STORYBRAID_OBJECTS__REGION to the region in which the bucket is"
_CURES: Final = {
    "InvalidAccessKeyId": "it does not know STORYBRAID_OBJECTS__ACCESS_KEY",
    "SignatureDoesNotMatch": "STORYBRAID_OBJECTS__SECRET_KEY is not the one of STORYBRAID_OBJECTS__ACCESS_KEY",
    "AccessDenied": "this key may not use this bucket; what it needs stands in docs/operations.md",
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
}
"""What to do about what a server answers."""
ALLOWED_HEADERS: Final = ["content-type", "x-amz-checksum-sha256"]


def product(settings: S3Objects, server: str = "") -> str:
    """What ``doctor`` calls the store."""
    place = urlsplit(settings.endpoint).netloc if settings.endpoint else f"Amazon, {settings.region}"
    return f"S3 bucket {settings.bucket} ({server + ' at ' if server else ''}{place})"


def a_probe(prefix: str) -> str:
    """A key for an object that is there for a moment, to see whether it can be."""
    return f"{prefix}{PROBE}{uuid.uuid4().hex}"


def check(calls: Calls, settings: S3Objects) -> str:
    """Write, read and remove a probe; the product's name. Raises ``OSError`` with a sentence."""
    key = a_probe("copies/")
    try:
        # An answer to HEAD has no body: what the server has against the key, or which region it wants, stands in this.
        calls.ask("list_objects_v2", MaxKeys=1)
        found = calls.ask("head_bucket")
        calls.ask("put_object", Key=key, Body=b"probe")
        calls.ask("get_object", Key=key)["Body"].close()
        calls.ask("delete_object", Key=key)
    except (StoreRestsError, ObjectMissingError) as error:
        message = f"The {product(settings)} cannot be used: {cause_of(error)}."
        raise OSError(message) from error
    return product(settings, found["ResponseMetadata"]["HTTPHeaders"].get("server", ""))


def cause_of(error: BaseException) -> str:
    """Why, in the words of the server or of the line."""
    cause = error.__cause__
    if isinstance(cause, ClientError):
        status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        told = cause.response.get("Error", {})
        code = str(told.get("Code"))
        if code in ("404", "NoSuchBucket"):
            return "there is no such bucket; make it by: storybraid objects setup"
        if code in _CURES:
            return f"it answers {status} {code}: {_CURES[code]}"
        return f"it answers {status} {told.get('Code', '')} {told.get('Message', '')}".strip().rstrip(".")
    return str(cause or error).strip().rstrip(".")


def remarks(calls: Calls, address: str) -> list[str]:
    """What is weak about the bucket."""
    said = [
        f"The bucket {calls.bucket} is public: {what}. Take that right away at once, "
        "or everybody can have what nobody published."
        for what in _open_to_strangers(calls)
    ]
    if not _takes_from(calls, address):
        said.append(
            f"Pages of {address} may not send to the bucket, so uploads from a browser fail: "
            "run storybraid objects setup."
        )
    if _optional(lambda: calls.ask("get_bucket_versioning").get("Status")) == "Enabled":
        said.append(
            "The bucket keeps old versions: what is erased stays in it until a lifecycle rule of yours removes "
            "noncurrent versions."
        )
    return said


def set_up(calls: Calls, settings: S3Objects, address: str) -> list[str]:
    """Make the bucket if it is missing, and allow the archive's own pages, and no others, to send to it."""
    done = []
    try:
        calls.ask("head_bucket")
    except ObjectMissingError:
        where = {}
        if settings.endpoint is None and settings.region != "us-east-1":
            where = {"CreateBucketConfiguration": {"LocationConstraint": settings.region}}
        calls.work("create_bucket", **where)
        done.append(f"The bucket {calls.bucket} was made.")
    rule = {
        "ID": "storybraid",
        "AllowedOrigins": [address],
        "AllowedMethods": ["PUT", "GET", "HEAD"],
        "AllowedHeaders": ALLOWED_HEADERS,
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    others = [found for found in _rules(calls) if found.get("ID") != "storybraid"]
    calls.work("put_bucket_cors", CORSConfiguration={"CORSRules": [*others, rule]})
    done.append(f"Pages of {address} may send to the bucket {calls.bucket}.")
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    try:
        calls.work("put_public_access_block", PublicAccessBlockConfiguration=block)
        done.append("Public access is blocked.")
    except StoreRestsError:
        done.append("This server has no block of public access; storybraid doctor tries whether strangers get in.")
    return done


def tells_digests(calls: Calls) -> bool:
    """Whether the server lists the SHA-256 of the parts that it holds: tried with an upload that is thrown away."""
    key, data = f"{FOLDER}probe-{uuid.uuid4().hex}", b"probe"
    made = calls.ask("create_multipart_upload", Key=key, ChecksumAlgorithm="SHA256")
    of_this = {"Key": key, "UploadId": made["UploadId"]}
    try:
        checksum = as_base64(hashlib.sha256(data).hexdigest())
        calls.ask("upload_part", **of_this, PartNumber=1, Body=data, ChecksumSHA256=checksum)
        found = calls.ask("list_parts", **of_this).get("Parts", [])
        return bool(found) and found[0].get("ChecksumSHA256") == checksum
    finally:
        with contextlib.suppress(ObjectMissingError, StoreRestsError):
            calls.ask("abort_multipart_upload", **of_this)


def clear_leavings(calls: Calls, held: Collection[str], older_than: dt.timedelta = ORPHAN) -> None:
    """Forget old uploads that are none of ``held`` (refs), because their process was killed before it wrote a row.

    Of masters and copies nothing goes but what a look at the bucket left there.
    """
    border = dt.datetime.now(dt.UTC) - older_than
    kept = {f"{FOLDER}{ref.split('-')[0]}" for ref in held}  # also of refs that another store gave
    for prefix in PREFIXES:
        for page in calls.pages("list_multipart_uploads", Prefix=prefix):
            for upload in page.get("Uploads", []):
                if upload["Initiated"] < border and upload["Key"] not in kept:
                    with contextlib.suppress(ObjectMissingError):
                        calls.work("abort_multipart_upload", Key=upload["Key"], UploadId=upload["UploadId"])
    # A promise lies in a folder of its upload's name.
    left = [key for key in _older(calls, FOLDER, border) if key.split(PROMISED)[0] not in kept]
    for prefix in PREFIXES:
        if prefix != FOLDER:
            left += [key for key in _older(calls, f"{prefix}{PROBE}", border) if _PROBE.fullmatch(key)]
    remove_all(calls, left)


def _older(calls: Calls, prefix: str, border: dt.datetime) -> Iterator[str]:
    for page in calls.pages("list_objects_v2", Prefix=prefix):
        for found in page.get("Contents", []):
            if found["LastModified"] < border:
                yield found["Key"]


def _open_to_strangers(calls: Calls) -> list[str]:
    """What the bucket gives to somebody without a key: all of it, or what lies in a place that a policy opens alone."""
    stranger = calls.stranger()
    # At once, since each takes as long as the store is far.
    with ThreadPoolExecutor(len(PREFIXES)) as pool:
        found = dict(zip(PREFIXES, pool.map(lambda prefix: _open_in(calls, stranger, prefix), PREFIXES), strict=True))
    said = []
    for what in ("list", "read", "write to"):
        places = [prefix for prefix in PREFIXES if what in found[prefix]]
        if places:
            said.append(f"a stranger can {what} {'it' if len(places) == len(PREFIXES) else ' and '.join(places)}")
    return said


def _open_in(calls: Calls, stranger: S3Client, prefix: str) -> set[str]:
    """What a stranger may do below a prefix, tried with an object that is gone afterwards."""
    bucket, key = calls.bucket, a_probe(prefix)
    tries: Sequence[tuple[str, Callable[[], Any]]] = (
        ("list", lambda: stranger.list_objects_v2(Bucket=bucket, MaxKeys=1)),
        ("list", lambda: stranger.list_objects_v2(Bucket=bucket, MaxKeys=1, Prefix=prefix)),
        ("read", lambda: stranger.head_object(Bucket=bucket, Key=key)),
        ("write to", lambda: stranger.put_object(Bucket=bucket, Key=key, Body=b"p")),
    )
    found = set()
    calls.ask("put_object", Key=key, Body=b"probe")
    try:
        for what, attempt in tries:
            with contextlib.suppress(ClientError, BotoCoreError, HTTPError):
                attempt()
                found.add(what)
    finally:
        calls.ask("delete_object", Key=key)
    return found


def _rules(calls: Calls) -> list[dict[str, Any]]:
    return _optional(lambda: calls.ask("get_bucket_cors")["CORSRules"]) or []


def _takes_from(calls: Calls, address: str) -> bool:
    for rule in _rules(calls):
        origins, headers = rule.get("AllowedOrigins", []), [h.lower() for h in rule.get("AllowedHeaders", [])]
        allows_header = "*" in headers or "x-amz-checksum-sha256" in headers
        shows_etag = "etag" in [h.lower() for h in rule.get("ExposeHeaders", [])]
        if {address, "*"} & set(origins) and "PUT" in rule["AllowedMethods"] and allows_header and shows_etag:
            return True
    return False


def _optional(ask: Callable[[], Any]) -> Any:  # noqa: ANN401  boto3's own shapes
    """What the server says, None where it does not know the question or has no answer."""
    try:
        return ask()
    except (StoreRestsError, ObjectMissingError, ParamValidationError):
        return None
