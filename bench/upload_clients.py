"""Who uploads and listens: our page's way, and boto3 by hand, with the same bytes."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import urllib3
from botocore.config import Config

MIB = 1024 * 1024
PART = 8 * MIB
RANGE = 64 * 1024


class Source:
    """A file of parts that differ, made from one block of noise so that no disk is read."""

    def __init__(self, size_bytes: int) -> None:
        self._block = bytearray(os.urandom(PART))
        self.size = size_bytes
        self.count = -(-size_bytes // PART)

    def part(self, number: int) -> bytes:
        """The bytes of a part (from 1)."""
        length = min(PART, self.size - (number - 1) * PART)
        return number.to_bytes(8) + bytes(memoryview(self._block)[8:length])


class Ours:
    """Our API as a page uses it."""

    def __init__(self, port: int, cookie: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        self._pool = urllib3.PoolManager(maxsize=8)

    def _json(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        answer = self._pool.request(method, f"{self._base}/api/v1{path}", json=body, headers=self._headers)
        assert answer.status < 300, answer.data
        return answer.json()

    def first_byte(self, recording_id: str, start: int) -> float:
        """Milliseconds until the first byte of 64 KiB of sound is here."""
        url = f"{self._base}/api/v1/recordings/{recording_id}/sound"
        headers = {**self._headers, "Range": f"bytes={start}-{start + RANGE - 1}"}
        began = time.monotonic()
        answer = self._pool.request("GET", url, headers=headers, preload_content=False)
        answer.read(1)
        took = (time.monotonic() - began) * 1000
        assert (answer.status, len(answer.read())) == (206, RANGE - 1)
        return took

    def send(self, source: Source, streams: int) -> str:
        """A whole upload, to the answer that all has arrived."""
        body = {"filename": "a.wav", "size_bytes": source.size, "content_type": "audio/wav"}
        upload = self._json("POST", "/uploads", body)["id"]

        def one(number: int) -> dict[str, Any]:
            data = source.part(number)
            sha256 = hashlib.sha256(data).hexdigest()
            wanted = {"parts": [{"number": number, "sha256": sha256}]}
            address = self._json("POST", f"/uploads/{upload}/parts", wanted)["parts"][0]
            answer = self._pool.request("PUT", address["url"], body=data, headers=address["headers"])
            assert answer.status == 200, answer.data
            return {"number": number, "etag": answer.headers["ETag"], "sha256": sha256}

        with ThreadPoolExecutor(streams) as pool:
            parts = list(pool.map(one, range(1, source.count + 1)))
        self._json("POST", f"/uploads/{upload}/complete", {"parts": parts})
        return str(upload)


class Peer:
    """boto3's multipart, by hand, with the same parts and a SHA-256 for each."""

    def __init__(self, port: int) -> None:
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, max_pool_connections=8)
        self._s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="bench",
            aws_secret_access_key="bench-secret",  # noqa: S106  of a server that lives for this run
            region_name="us-east-1",
            config=config,
        )

    def ready(self) -> bool:
        """Whether it takes objects."""
        try:
            self._s3.create_bucket(Bucket="bench")
            self._s3.put_object(Bucket="bench", Key="probe", Body=b"x")
        except Exception:  # noqa: BLE001  any answer but yes is no
            return False
        return True

    def first_byte(self, key: str, start: int) -> float:
        """Milliseconds until the first byte of 64 KiB is here."""
        began = time.monotonic()
        answer = self._s3.get_object(Bucket="bench", Key=key, Range=f"bytes={start}-{start + RANGE - 1}")
        answer["Body"].read(1)
        took = (time.monotonic() - began) * 1000
        assert len(answer["Body"].read()) == RANGE - 1
        return took

    def send(self, source: Source, streams: int) -> str:
        """A whole upload, to the answer that it is joined."""
        key = f"object-{time.monotonic_ns()}"
        upload = self._s3.create_multipart_upload(Bucket="bench", Key=key, ChecksumAlgorithm="SHA256")["UploadId"]

        def one(number: int) -> Any:  # noqa: ANN401
            data = source.part(number)
            checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
            answer = self._s3.upload_part(
                Bucket="bench", Key=key, UploadId=upload, PartNumber=number, Body=data, ChecksumSHA256=checksum
            )
            return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

        with ThreadPoolExecutor(streams) as pool:
            parts = list(pool.map(one, range(1, source.count + 1)))
        self._s3.complete_multipart_upload(Bucket="bench", Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
        return key
