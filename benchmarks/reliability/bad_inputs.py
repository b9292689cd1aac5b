"""Try every damaged study of tests/bad and record how each ended: python benchmarks/reliability/bad_inputs.py"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from record import ROOT, write_record

sys.path.insert(0, str(ROOT / "tests" / "bad"))

from harness import REGISTERS, STUDIES, outcome, register, sound

FAULTS = ("traceback", "hang", "silent", "misleading", "written")


def main() -> None:
    """Write how many damaged studies were tried, refused or accepted with the right number, and each fault."""
    parts, faults = {}, Counter()
    with tempfile.TemporaryDirectory() as place:
        unharmed = {}
        for name in STUDIES:
            (folder := Path(place) / name).mkdir()
            unharmed[name] = sound(name, folder)
        for name in REGISTERS:
            damages, ends = register(name), Counter()
            for i, damage in enumerate(damages):
                (folder := Path(place) / f"{name}_{i}").mkdir()
                found = outcome(damage, unharmed[damage.study], folder)
                ends[found.kind] += 1
                if not found.right:
                    print(f"{name}: {damage.name}: {found.kind}: {found.told}", file=sys.stderr)
            faults += ends
            if damages:
                classes = sorted({damage.group for damage in damages})
                studies = Counter(damage.study for damage in damages)
                parts[name] = {"classes": classes, "studies": dict(studies), "ends": dict(ends)}
    figures = {
        "classes": sum(len(part["classes"]) for part in parts.values()),
        "damaged_studies": sum(faults.values()),
        "refused": faults["refused"],
        "accepted_with_the_right_number": faults["accepted"],
        **{kind: faults[kind] for kind in FAULTS},
        "parts": parts,
    }
    print({name: value for name, value in figures.items() if name != "parts"})
    write_record("bad_inputs", figures)


if __name__ == "__main__":
    main()
