"""Verify an export of the audit trail with nothing but Python: python3 verify_audit.py [FOLDER OF THE EXPORT]"""

import hashlib
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent
head = dict(line.split(": ", 1) for line in (folder / "head.txt").read_text().splitlines() if ": " in line)
anchors = [json.loads(line) for line in (folder / "anchors.jsonl").read_bytes().splitlines()]
anchored, problems, last, previous = {anchor["row"]: None for anchor in anchors}, [], None, None
for line in (folder / "audit.jsonl").open("rb"):
    *content, digest = json.loads(line)
    seq, text = content[0], json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        problems.append(f"row {seq} was altered: its content does not give its hash")
    if last is not None and seq != last + 1:
        problems.append(f"row {seq} stands after row {last}: rows are missing, inserted or moved")
    elif content[6] != (previous or ("0" * 64 if seq == 1 else content[6])):
        problems.append(f"row {seq} does not follow the row before it: its previous hash is another")
    anchored.update({seq: digest} if seq in anchored else {})
    last, previous = seq, digest
for anchor in anchors:
    if not anchored[anchor["row"]] == anchor["hash"] == anchor["statement"].rpartition("hash: ")[2].strip():
        problems.append(f"row {anchor['row']} is not what anchor {anchor['number']} says it was")
if (str(last), previous) != (head["row"], head["hash"]):
    problems.append(f"the export does not end as it was made, with row {head['row']} and hash {head['hash']}")
print(*problems, f"rows up to {last}, {len(anchors)} anchors: {'NOT WHOLE' if problems else 'whole'}", sep="\n")
sys.exit(bool(problems))
