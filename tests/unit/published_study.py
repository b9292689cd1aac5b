"""A study's folder as readers have it: raw tables, some outputs and their manifest, but nothing to build it with."""

import json
import shutil
import subprocess
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from junctures.report.manifest import MANIFEST, build_manifest, write_manifest
from junctures.study.check import META, STATE, describe_study
from junctures.study.code_digest import Modules

REPOSITORY = Path(__file__).parents[2]
OUTPUTS = (
    "processed/results/claims.csv", "processed/results/effects.csv", "processed/results/effects/exercises.csv",
    "processed/series/exercises.csv", "figures/timeline.png", "figures/timeline.svg", "figures/timeline.pdf",
    "tables/findings.csv", "tables/findings.md", "notebooks/01_findings.ipynb",
)  # fmt: skip
SOURCES = ("raw", "config.yaml", "claims.yaml", "paper/references.bib", "notebooks/01_findings.py", "requirements.lock")


EFFECTS = "processed/results/effects.csv"
# Rows of our own, so that no test hangs on what the study finds.
ROWS = """\
indicator,vintage,juncture,model,estimand,n,first_treated,estimate,lower,upper
exercises,,pivot,primary,step,76,2012Q1,0.27620647,-0.20495742,0.78185023
exercises,,ukraine,primary,step,76,2014Q2,0.042613434,-0.45617881,0.51885905
exercises,,thaad,primary,step,76,2016Q3,-0.031877559,-0.4875671,0.43252875
exercises,,all,primary,staged,76,,,,
"""


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder as somebody with a name."""
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def make_published(folder: Path) -> Path:
    """Return a folder after copying sources and some outputs of the shipped study there and writing their manifest."""
    for name in (*SOURCES, *OUTPUTS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, folder / name)
    for name in (EFFECTS, "processed/results/effects/exercises.csv"):
        (folder / name).write_text(ROWS, encoding="utf-8", newline="")
    # A corner of the picture, with words in its metadata: comparing all of it would take most of the tests' time.
    words = PngInfo()
    words.add_text("Title", "Events")
    with Image.open(REPOSITORY / "figures/timeline.png") as picture:
        picture.crop((0, 0, 300, 200)).save(folder / "figures/timeline.png", pnginfo=words)
    # What is known of the code's modules, as every run keeps it; without it each test would parse them all.
    modules = Modules(REPOSITORY / "src/junctures", REPOSITORY / "workflow/scripts")
    modules.digests(REPOSITORY / "workflow/scripts")
    (folder / META).mkdir(parents=True, exist_ok=True)
    (folder / META / STATE).write_text(json.dumps({"modules": modules.cache}), encoding="utf-8")
    for name, text in describe_study(folder, REPOSITORY).items():
        path = folder / META / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_manifest(build_manifest(folder, folder / "requirements.lock"), folder / MANIFEST)
    return folder
