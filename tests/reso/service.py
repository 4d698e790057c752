"""A RESO Web API service on loopback: $metadata, $filter, $select, $orderby, $top, $skip, $count, nextLink, errors."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from tests.reso.odata_filter import BadFilterError, Filter

STANDARD_NAME = "RESO.OData.Metadata.StandardName"
ENUMS = "org.reso.metadata.enums"
TOKEN = "correct-horse-battery"
SYSTEM = {"$filter", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken"}


def metadata(types, members, key="ListingKey", lookups=""):
    """CSDL of a service: field → Edm type or enumeration; enumeration → member → standard name."""
    properties = "".join(f'<Property Name="{name}" Type="{kind}"/>' for name, kind in types.items())
    enums = "".join(
        f'<EnumType Name="{name}">'
        + "".join(
            f'<Member Name="{m}" Value="{n}"><Annotation Term="{STANDARD_NAME}" String="{s}"/></Member>'
            for n, (m, s) in enumerate(found.items())
        )
        + "</EnumType>"
        for name, found in members.items()
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="org.reso.metadata" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="Property"><Key><PropertyRef Name="{key}"/></Key>{properties}
<NavigationProperty Name="Media" Type="Collection(org.reso.metadata.Media)"/></EntityType>
<EntityType Name="Media"><Key><PropertyRef Name="MediaKey"/></Key>
<Property Name="MediaKey" Type="Edm.String"/></EntityType>
</Schema>
<Schema Namespace="{ENUMS}" xmlns="http://docs.oasis-open.org/odata/ns/edm">{enums}</Schema>
<Schema Namespace="Default" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityContainer Name="Container">
<EntitySet Name="Property" EntityType="org.reso.metadata.Property"/>
<EntitySet Name="Media" EntityType="org.reso.metadata.Media"/>{lookups}</EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>""".encode()


class Service:
    """The service; tests change its attributes while it runs.

    Attributes:
        rows: the entities.
        page_size: most rows of one answer; more only through nextLink.
        cap: most rows that one query shows, by nextLink or by $skip; None for all.
        follows: whether it gives a nextLink (or pages by $top and $skip only).
        busy: answers 429 so many times.
        lookups: rows of its Lookup resource; without any it has none.
        trouble: page (of the query, from 1) → (status, body) answered instead.
        requests: what it was asked: (path, query, headers).
    """

    def __init__(self, rows, types, members=None, page_size=7):
        self.rows, self.types, self.members, self.page_size = list(rows), types, members or {}, page_size
        self.follows, self.busy, self.retry_after = True, 0, "1"
        self.trouble, self.requests, self.pages, self.token = {}, [], 0, TOKEN
        self.cap = None
        self.next_host, self.knows_null, self.lookups = None, True, []

    def __enter__(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, kind, body, headers = service.answer(self.path, self.headers)
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/reso/odata"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def queries(self):
        return [query for path, query, _ in self.requests if path.endswith("/Property")]

    def answer(self, target, headers):
        address = urlsplit(target)
        query = dict(parse_qsl(address.query, strict_parsing=True)) if address.query else {}
        self.requests.append((address.path, query, dict(headers)))
        if headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(401, "Unauthorized", f"no such token: {headers.get('Authorization')}")
        if self.busy:
            self.busy -= 1
            return self._error(429, "TooManyRequests", "slow down", {"Retry-After": self.retry_after})
        if address.path == "/reso/odata/$metadata":
            more = '<EntitySet Name="Lookup" EntityType="org.reso.metadata.Lookup"/>' if self.lookups else ""
            data = metadata(self.types, self.members, lookups=more)
            return 200, "application/xml", data, {"OData-Version": "4.0"}
        if address.path == "/reso/odata/Lookup" and self.lookups:
            wanted = Filter(query["$filter"], {"LookupName": None})
            found = [row for row in self.lookups if wanted.test(row)]
            return 200, "application/json", json.dumps({"value": found}).encode(), {"OData-Version": "4.0"}
        if address.path != "/reso/odata/Property":
            return self._error(404, "NotFound", address.path)
        self.pages += 1
        if self.pages in self.trouble:
            status, body = self.trouble.pop(self.pages)
            return status, "application/json", body, {}
        try:
            return self._collection(query)
        except (BadFilterError, KeyError) as error:
            return self._error(400, "BadRequest", str(error))

    def _collection(self, query):
        unknown = set(query) - SYSTEM
        if unknown:
            raise BadFilterError(f"unknown query option {unknown}")
        enums = {
            name: kind.removeprefix("Collection(").removesuffix(")")
            for name, kind in self.types.items()
            if ENUMS in kind
        }
        types = {name: enums.get(name) for name in self.types}
        rows = self.rows
        if "$filter" in query:
            if " null " in query["$filter"] and not self.knows_null:
                raise BadFilterError("Could not find a property named 'null'")
            wanted = Filter(query["$filter"], types)
            rows = [row for row in rows if wanted.test(row)]
        for name in reversed(query.get("$orderby", "").split(",")):
            if name:
                rows = sorted(rows, key=lambda row, name=name: (row.get(name) is not None, row.get(name)))
        count = len(rows)
        rows = rows[int(query.get("$skip", 0)) :][: int(query["$top"]) if "$top" in query else None]
        token = int(query.get("$skiptoken", 0))
        if self.cap is not None and int(query.get("$skip", 0)) + token >= self.cap:
            raise BadFilterError(f"$skip must be less than {self.cap}")
        page = rows[token : token + self.page_size]
        fields = query["$select"].split(",") if "$select" in query else list(self.types)
        if not set(fields) <= set(self.types):
            raise BadFilterError(f"Could not find a property named '{sorted(set(fields) - set(self.types))[0]}'")
        answer = {
            "@odata.context": f"{self.url}/$metadata#Property",
            "value": [
                {"@odata.id": f"{self.url}/Property('{row['ListingKey']}')"} | {name: row.get(name) for name in fields}
                for row in page
            ],
        }
        if query.get("$count") == "true":
            answer["@odata.count"] = count
        shown = len(rows) if self.cap is None else min(len(rows), self.cap)
        if self.follows and token + self.page_size < shown:
            told = {**query, "$skiptoken": str(token + self.page_size)}
            root = self.next_host or self.url
            answer["@odata.nextLink"] = f"{root}/Property?" + "&".join(f"{k}={quote(v)}" for k, v in told.items())
        return 200, "application/json", json.dumps(answer).encode(), {"OData-Version": "4.0"}

    def _error(self, status, code, message, headers=None):
        body = json.dumps({"error": {"code": code, "message": message}}).encode()
        return status, "application/json", body, headers or {}
