"""F45: owners, their phones and mail addresses in structured fields reach neither feed nor tables nor logs."""

import gzip
import json

import pytest

from realestate_crawler.exit_codes import ExitCode
from tests.crawling import crawl, dataset
from tests.faults.small_site import facts, page, price_of, site, words
from tests.faults.table import claims
from tests.graph_fixtures.tables import lake_at, refresh

ONE = "9000001"
OWNER = {"owner name": "Vera Canaryová", "phone": "+420 777 123 987", "e-mail": "vera.canary@example.org"}
PERSON = {"@type": "Person", "name": OWNER["owner name"], "telephone": OWNER["phone"], "email": OWNER["e-mail"]}
MAPPING = {
    "source": "shop",
    "key": "id",
    "fields": {"list_price": "price", "owner_name": "owner", "list_agent_full_name": "contact.agent"},
    "personal": ["owner", "contact"],
}
ROWS = [
    {
        "id": number,
        "price": 100_000 + number,
        "owner": OWNER["owner name"],
        "contact": {"agent": OWNER["owner name"], "phone": [OWNER["phone"]], "mail": OWNER["e-mail"]},
    }
    for number in range(5)
]
POLICIES = {
    "drop": {},
    "hash": {"REALESTATE_PERSONAL_DATA": "hash", "REALESTATE_PERSONAL_DATA_KEY": "a-key-of-the-owner"},
}


@pytest.fixture(scope="module", params=POLICIES)
def written(request, serve, tmp_path_factory):
    """Everything that two crawls and the tables after them wrote and said, as bytes, by its place; the tables."""
    folder = tmp_path_factory.mktemp(request.param)
    seller = {"@type": "Offer", "price": price_of(ONE), "priceCurrency": "GBP", "seller": PERSON, "offeredBy": PERSON}
    more = {"offers": seller, "seller": PERSON, "agent": PERSON, "employee": PERSON, "telephone": OWNER["phone"]}
    server = serve(site({ONE: page(ONE, facts(ONE, **more))}))
    env = {"REALESTATE_LOG_LEVEL": "DEBUG", **POLICIES[request.param]}
    told = {}
    for name, asked in {"site": words(folder, server.url), "dataset": dataset(folder, ROWS, MAPPING)}.items():
        done = crawl(folder, *asked, **env)
        assert done.code == ExitCode.COMPLETE, done.err[-2000:]
        told |= {f"{name} out": done.out.encode(), f"{name} err": done.err.encode()}
    (folder / "table.json").unlink()
    assert len(refresh(folder)) == 2
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            told[str(path)] = gzip.decompress(data) if path.suffix == ".gz" else data
    silver = {name: lake_at(folder).read(table) for name, table in _tables().items()}
    told |= {
        name: json.dumps(frame.to_dicts(), default=str, ensure_ascii=False).encode() for name, frame in silver.items()
    }
    return request.param, told, silver["listings"]


def _tables():
    from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS

    return {"listings": LISTINGS, "changes": LISTING_CHANGES, "history": LISTING_HISTORY}


def forms(text):
    """How a text may stand in a file."""
    words = {text, text.casefold(), text.replace(" ", ""), json.dumps(text)[1:-1]}
    return {word.encode() for word in words}


@pytest.mark.parametrize("what", claims("F45", {what: what for what in OWNER}))
def test_f45_what_names_or_reaches_a_person_is_nowhere(written, what):
    _, told, listings = written
    assert listings.height == len(ROWS) + 6
    assert [place for place, data in told.items() if any(form in data for form in forms(OWNER[what]))] == []


@pytest.mark.fault("F45", "owner name")
def test_f45_a_keyed_digest_stands_there_only_if_it_was_asked_for(written):
    policy, told, listings = written
    shop = listings.filter(source="shop")
    digests = set(shop["owner_name"]) | set(shop["list_agent_full_name"])
    if policy == "drop":
        assert digests == {None}
        assert "contact" not in shop["extra"].to_list().__repr__()
    else:
        (digest,) = digests
        assert len(digest) == 32
        assert int(digest, 16)
    assert not any(b"a-key-of-the-owner" in data for data in told.values())
