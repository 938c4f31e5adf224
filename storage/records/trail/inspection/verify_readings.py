"""Hold the readings of an archive against its digests: python3 verify_readings.py [FOLDER OF THE UNPACKED ARCHIVE]

Needs pyarrow, for Parquet. Whether the digests are those on record is for verify_audit.py in audit.zip, and for you:
each digest's SHA-256 stands in the audit row of its day.
"""

import collections
import hashlib
import json
import math
import pathlib
import struct
import sys
import zipfile
from typing import Any

import pyarrow.parquet

folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent
lines = zipfile.ZipFile(folder / "audit.zip").read("audit.jsonl").splitlines()
on_record = {json.loads(json.loads(line)[5]).get("sha256") for line in lines}
HOUR, problems, readings = 3_600_000, [], 0


def packed(rows: dict[int, list[Any]]) -> str:
    return hashlib.sha256(b"".join(struct.pack("<qdHqqqd", *row) for _, row in sorted(rows.items()))).hexdigest()


for path in sorted((folder / "readings").glob("*.parquet")):
    hours: dict[Any, dict[int, list[Any]]] = collections.defaultdict(dict)
    named: dict[Any, list[Any]] = collections.defaultdict(list)
    whole: dict[Any, str] = {}
    for row in pyarrow.parquet.read_table(path).to_pylist():
        cells = [
            row["time"],
            row["value"],
            row["reasons"],
            row["received"],
            row["sequence"],
            row["count"],
            row["volume"],
        ]
        cells = [
            -1 if cell is None and i in (4, 5) else math.nan if cell is None else cell for i, cell in enumerate(cells)
        ]
        cells[1], cells[6] = cells[1] + 0.0, cells[6] + 0.0
        hours[row["point"], row["time"] // HOUR][row["time"]] = cells
        readings += 1
    for digest in sorted((folder / "digests").glob(f"{path.stem}.*.json")):
        if hashlib.sha256(digest.read_bytes()).hexdigest() not in on_record:
            problems.append(f"{digest.name} is in no audit row")
        for point, of_point in json.loads(digest.read_bytes())["points"].items():
            for hour, _, sha256, times in of_point:
                if times is None:
                    whole[point, hour] = sha256
                else:
                    at = [hour * HOUR + sum(times[: i + 1]) for i in range(len(times))]
                    named[point, hour].append((at, sha256))
    for key in sorted(hours.keys() | whole.keys() | named.keys()):
        rest = dict(hours[key])
        for at, sha256 in named[key]:
            if packed({time: rest.pop(time) for time in at if time in rest}) != sha256:
                problems.append(f"{key[0]}, hour {key[1] % 24} of {path.stem}: what came in late is not as on record")
        if packed(rest) != whole.get(key, packed({})):
            problems.append(f"{key[0]}, hour {key[1] % 24} of {path.stem} is not as on record")
print(*problems, f"{readings} readings: {'NOT as on record' if problems else 'as on record'}", sep="\n")
sys.exit(bool(problems))
