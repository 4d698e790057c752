"""A small S3-compatible store in memory, for tests that run without a real one.

It keeps what the project and delta-rs rely on: conditional writes, whole objects only, uploads in parts, listings. It
looks at no signature. Faults are injected by the proxy in front of it (tests/services/harness/fault_proxy.py).
"""

import datetime
import hashlib
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.answering import send

ERRORS = {404: "NoSuchKey", 412: "PreconditionFailed", 501: "NotImplemented"}


class ObjectStore:
    """`with ObjectStore("bucket") as store:`; clients talk to `store.url`.

    Attributes:
        objects: (bucket, key) → (bytes, ETag, metadata headers).
        uploads: upload id → (bucket, key, part number → bytes, when it began, metadata headers).
    """

    def __init__(self, *buckets):
        self.buckets = set(buckets)
        self.objects = {}
        self.uploads = {}
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.store = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self):
        """What boto3, delta-rs and Polars read."""
        return environment(self.url)

    def keys(self):
        """All keys, in order."""
        return sorted(key for _, key in self.objects)


def environment(url):
    """The same, of a proxy in front."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testkey",
        "AWS_SECRET_ACCESS_KEY": "canary-store-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self):
        address = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(address.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = _unchunked(body)
        store = self.server.store
        if bucket not in store.buckets:
            return self._error(404, "NoSuchBucket")
        with store.lock:
            return getattr(self, f"_{self.command.lower()}")(store, (bucket, key), body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

    def _put(self, store, place, body):
        if "uploadId" in self.query:
            upload = store.uploads.get(self.query["uploadId"])
            if upload is None:
                return self._error(404, "NoSuchUpload")
            upload[2][int(self.query["partNumber"])] = body
            return send(self, 200, {"ETag": _etag(body)})
        if self.headers.get("If-None-Match") == "*" and place in store.objects:
            return self._error(412)
        return send(self, 200, {"ETag": self._keep(store, place, body, self._metadata())})

    def _post(self, store, place, body):
        if "delete" in self.query:
            keys = [unquote(key) for key in re.findall(r"<Key>(.*?)</Key>", body.decode())]
            for key in keys:
                store.objects.pop((place[0], key), None)
            return self._xml("DeleteResult", "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys))
        if "uploads" in self.query:
            number = uuid.uuid4().hex
            store.uploads[number] = (*place, {}, datetime.datetime.now(datetime.UTC), self._metadata())
            return self._xml("InitiateMultipartUploadResult", f"<UploadId>{number}</UploadId>")
        upload = store.uploads.get(self.query["uploadId"])
        if upload is None:
            return self._error(404, "NoSuchUpload")
        if self.headers.get("If-None-Match") == "*" and place in store.objects:
            return self._error(412)
        numbers = [int(number) for number in re.findall(rb"<PartNumber>(\d+)</PartNumber>", body)]
        etag = self._keep(store, place, b"".join(upload[2][number] for number in numbers), upload[4])
        del store.uploads[self.query["uploadId"]]
        return self._xml("CompleteMultipartUploadResult", f"<ETag>{etag}</ETag>")

    def _delete(self, store, place, _body):
        store.uploads.pop(self.query.get("uploadId"), None)
        if "uploadId" not in self.query:
            store.objects.pop(place, None)
        return send(self, 204, {})

    def _head(self, store, place, _body):
        found = store.objects.get(place)
        if found is None:
            return send(self, 404, {})
        return send(self, 200, {"ETag": found[1], "Content-Length": str(len(found[0])), **found[2]})

    def _get(self, store, place, _body):
        if "uploads" in self.query:
            return self._list_uploads(store, place[0])
        if not place[1]:
            return self._list(store, place[0])
        found = store.objects.get(place)
        if found is None:
            return self._error(404)
        data, etag, metadata = found
        headers = {"ETag": etag, "Last-Modified": "Mon, 02 Mar 2026 06:00:00 GMT", **metadata}
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            return send(self, 200, headers, data)
        start = int(wanted[1]) if wanted[1] else max(0, len(data) - int(wanted[2]))
        end = min(int(wanted[2]), len(data) - 1) if wanted[1] and wanted[2] else len(data) - 1
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return send(self, 206, headers, data[start : end + 1])

    def _list(self, store, bucket):
        prefix, delimiter = self.query.get("prefix", ""), self.query.get("delimiter", "")
        after = self.query.get("start-after", "")
        entries, folders = [], set()
        for (where, key), (data, etag, _) in sorted(store.objects.items()):
            if where != bucket or not key.startswith(prefix) or key <= after:
                continue
            rest = key.removeprefix(prefix)
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
                continue
            entries.append(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size><ETag>{escape(etag)}</ETag>"
                "<LastModified>2026-03-02T06:00:00.000Z</LastModified></Contents>"
            )
        common = "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in folders)
        return self._xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{''.join(entries)}{common}")

    def _list_uploads(self, store, bucket):
        prefix = self.query.get("prefix", "")
        entries = [
            f"<Upload><Key>{escape(key)}</Key><UploadId>{number}</UploadId>"
            f"<Initiated>{begun:%Y-%m-%dT%H:%M:%S.000Z}</Initiated></Upload>"
            for number, (where, key, _, begun, _) in store.uploads.items()
            if where == bucket and key.startswith(prefix)
        ]
        return self._xml("ListMultipartUploadsResult", f"<IsTruncated>false</IsTruncated>{''.join(entries)}")

    def _metadata(self):
        return {name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}

    def _keep(self, store, place, body, metadata):
        etag = _etag(body)
        store.objects[place] = (body, etag, metadata)
        return etag

    def _xml(self, name, inner):
        return send(self, 200, {"Content-Type": "application/xml"}, f"<{name}>{inner}</{name}>".encode())

    def _error(self, status, code=""):
        text = f"<Error><Code>{code or ERRORS[status]}</Code><Message>no</Message></Error>"
        return send(self, status, {"Content-Type": "application/xml"}, text.encode())

    def log_message(self, *_):
        """Says nothing."""


def _etag(body):
    return f'"{hashlib.md5(body).hexdigest()}"'


def _unchunked(body):
    """The bytes inside an aws-chunked body; what follows its last chunk is a checksum."""
    data = b""
    while body:
        head, _, body = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        data, body = data + body[:size], body[size + 2 :]
    return data
