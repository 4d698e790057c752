"""What runs left beside feeds and tables: staged rows, serving snapshots, logs, reports, Dagster's run history.

What can be made anew goes; what tells of runs loses what names it. What belongs here: one object at a time. What does
not: the report itself and Druid, which are made anew (`served`).
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from orchestration.assets.exploration import REPORT
from orchestration.operations.erasing.cut import Cut
from orchestration.operations.erasing.layers import Layers
from orchestration.operations.erasing.part_writing import put
from orchestration.operations.erasing.search import TABLE, Trace
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore

_TEXTS = (".log", ".txt", ".html", ".csv", ".json", ".jsonl", ".yaml", ".yml", ".out", ".err", ".complete")
_DATABASES = (".db", ".db-wal", ".db-shm", ".sqlite")


def clear(layers: Layers, found: list[Trace], cut: Cut) -> int:
    """Clears the objects that hold it outside feeds and tables; how many were changed or removed.

    Raises:
        StoreError: when one could not be.
    """
    stores = {"lake": open_store(layers.lake.root), **{layer: store for layer, _, store in layers.others()}}
    changed = 0
    for trace in found:
        layer = trace.layer.partition(":")[0]
        store = stores.get(layer) or (stores["lake"] if _is_file_of_lake(trace) else None)
        if store is not None and trace.key != REPORT:  # it is made anew as a whole
            changed += _clear(store, trace.key, cut)
    return changed


def _is_file_of_lake(trace: Trace) -> bool:
    return trace.layer.endswith(" files") and TABLE.fullmatch(trace.key) is None


def _clear(store: ObjectStore, key: str, cut: Cut) -> int:
    if isinstance(store, LocalStore) and key.endswith(_DATABASES):
        database = store.root / key.removesuffix("-wal").removesuffix("-shm")
        return _clear_database(database, cut)
    if key.endswith(_TEXTS) and not Path(key).name.startswith(".tmp-"):
        text = store.get(key).decode("utf-8", "replace")
        put(store, key, "".join(str(cut.mention(line)) for line in text.splitlines(keepends=True)).encode())
    else:
        store.remove(key)
    return 1


def _clear_database(path: Path, cut: Cut) -> int:
    """Replaces it in every text of an SQLite database, and writes the file anew, so that no free page keeps it."""
    if not path.exists():
        return 0
    changed = 0
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as database:
        database.execute("PRAGMA secure_delete = ON")
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            for column in columns:
                for rowid, value in database.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall():  # noqa: S608 (names from the schema)
                    if isinstance(value, str) and cut.is_mentioned(value):
                        database.execute(
                            f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?',  # noqa: S608 (names from the schema)
                            (cut.mention(value), rowid),
                        )
                        changed += 1
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
    return changed
