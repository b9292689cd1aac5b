"""A tiny study whose every text is hostile, and a build of it in which every file that Python opens is noted."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

from study_run import REPOSITORY, make_data

from junctures.study.check import write_checksums

NASTY = (
    '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{7*7}} {% raw %} {wildcards.x} $(id) `id` #eval("1+1")'
    ' #read("/etc/passwd") \\input{x} \\write18{id} | [a](javascript:x) *b* $x_$ &lt; =1+1 %s'
)
LABELS = ("Pivot", "Ukraine", "THAAD", "Crisis", "Joint exercises", "Summits", "Summits first", "Cooperation")
CLAIMED = (
    "Exercises step up.",
    "The first exercise is in 2003.",
    "words",
    "the step is positive",
    "the first is in 2003",
)
# Runs at the start of every Python under this PYTHONPATH; os.write is no audited event: the hook does not see itself.
HOOK = """\
import os, sys
_log = os.open(os.environ["JUNCTURES_AUDIT"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _note(event, values):
    if event == "open" and isinstance(values[0], (str, bytes)):
        kind = "w" if values[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else "r"
        paths = [values[0]]
    elif event in ["os." + name for name in "rename remove rmdir mkdir symlink link chmod truncate".split()]:
        kind, paths = "w", [each for each in values[:2] if isinstance(each, (str, bytes))]
    elif event in ("socket.connect", "os.system", "subprocess.Popen"):
        kind, paths = event, [str(values[:2])]
    else:
        return
    for path in paths:
        text = os.path.realpath(os.fsdecode(path)) if kind in "rw" else path
        os.write(_log, (kind + "\\t" + text.replace("\\n", " ") + "\\n").encode("utf-8", "replace"))
sys.addaudithook(_note)
"""


def make_hostile(folder: Path) -> Path:
    """Return a folder with a tiny study in whose labels, claims, title, source and cells the hostile text stands."""
    make_data(folder)
    config = (folder / "config.yaml").read_text(encoding="utf-8")
    for label in LABELS:
        config, n = re.subn(rf"label: {label}(?=[,}}\n])", lambda _, w=label: f"label: {quoted(w)}", config)
        assert n, label
    config = config.replace('title: "A tiny study"', f"title: {quoted('A tiny study')}")
    config = config.replace("political: Political alignment", f"political: {quoted('Political alignment')}")
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    claims = (folder / "claims.yaml").read_text(encoding="utf-8")
    for words in CLAIMED:
        assert f'"{words}"' in claims, words
        claims = claims.replace(f'"{words}"', quoted(words))
    (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    source = folder / "raw/joint_exercises/SOURCE.yaml"
    text = re.sub(r"(?m)^title: .*$", lambda _: f"title: {quoted('Exercises')}", source.read_text(encoding="utf-8"))
    source.write_text(text, encoding="utf-8")
    table = folder / "raw/joint_exercises/exercises.csv"
    with table.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    at = head.index("name")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([head, *([*row[:at], f"{row[at]} {NASTY}", *row[at + 1 :]] for row in rows)])
    write_checksums(folder)
    return folder


def quoted(words: str) -> str:
    """Return words with the hostile text behind them as a quoted YAML scalar."""
    return json.dumps(f"{words} {NASTY}")


def build_watched(folder: Path, scratch: Path) -> tuple[subprocess.CompletedProcess, list[tuple[str, str]]]:
    """Return the finished build of a study, and (kind, path or words) of all that its Python processes opened or ran.

    Kinds: r and w for files read and written, else the name of the audited event. `scratch` is home and temporary
    folder of the build.
    """
    (scratch / "hook").mkdir(parents=True)
    (scratch / "hook/sitecustomize.py").write_text(HOOK, encoding="utf-8")
    log = scratch / "audit.log"
    changed = {name: str(scratch) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")}
    changed |= {"PYTHONPATH": os.pathsep.join([str(scratch / "hook"), str(REPOSITORY / "src")])}
    changed |= {"JUNCTURES_AUDIT": str(log), "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    changed |= {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--snakefile", str(REPOSITORY / "Snakefile")]
    command += ["--directory", str(folder)]
    run = subprocess.run(command, cwd=folder, env=os.environ | changed, capture_output=True, text=True)
    noted = {tuple(line.split("\t", 1)) for line in log.read_text(encoding="utf-8").splitlines()}
    return run, sorted(noted)
