"""The records of what was measured, one file a part, from which docs/reliability.md is written."""

import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from junctures.files import write_text

ROOT = Path(__file__).parents[2]
RECORDS = Path(__file__).parent / "records"


def read_record(part: str) -> dict:
    """Return the figures of a part's record; none where there is no record yet."""
    try:
        return json.loads((RECORDS / f"{part}.json").read_text(encoding="utf-8"))["figures"]
    except FileNotFoundError:
        return {}


def write_record(part: str, figures: dict) -> None:
    """Write a part's record: figures, the command that measured them last, date, commit and machine."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    script = Path(sys.argv[0]).resolve()
    record = {
        "command": " ".join(["python", script.relative_to(ROOT).as_posix(), *sys.argv[1:]]),
        "date": dt.date.today().isoformat(),
        "commit": head.stdout.strip(),
        "machine": f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "figures": figures,
    }
    text = re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", json.dumps(record, indent=1))  # a pair on one line
    write_text(text + "\n", RECORDS / f"{part}.json")
