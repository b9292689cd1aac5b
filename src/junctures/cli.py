"""The small command-line tool: `junctures verify` for a file or number that someone received, `junctures archive`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from junctures.study.check import REPOSITORY
from junctures.study.problems import StudyError

VERIFY = """\
Say whether files, or a number, are what the code and raw tables of this study make.

  junctures verify                      are the outputs here those of the manifest, and config, claims, code, raw too?
  junctures verify figure.png t.csv     is a received file one of them, whatever its name; where does it first differ?
  junctures verify --number 0.276 --where effects:exercises:pivot:primary:step
  junctures verify --against COMMIT     which results and verdicts differ from those of a commit?

`snakemake verify` builds everything anew in another folder and compares that: it proves the manifest itself.
Exit code: 0 yes, 1 something differs, 2 it cannot be told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code after doing what the command line says: 0 yes, 1 something differs, 2 it cannot be told."""
    options = _parser().parse_args(arguments)
    try:
        return options.do(options)
    except StudyError as error:
        return _refuse(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="junctures", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    raw = argparse.RawDescriptionHelpFormatter
    verify = commands.add_parser(
        "verify", help="is this what the study makes?", description=VERIFY, formatter_class=raw
    )
    verify.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files that someone received")
    verify.add_argument("--as", dest="named", metavar="PATH", help="the file of the study to compare FILE with")
    verify.add_argument("--number", help="a number, rounded as it stands in a text")
    verify.add_argument("--where", help="file of processed/results and parts of the row's key, with colons between")
    verify.add_argument("--column", help="the column of that row; else any")
    verify.add_argument("--against", metavar="COMMIT", help="a commit of this repository")
    verify.add_argument("--tolerant", action="store_true", help="compare as on platforms other than Linux on x86-64")
    verify.set_defaults(do=_verify)
    archive = commands.add_parser("archive", help="write one zip for a repository of data, into dist/")
    archive.set_defaults(do=_archive)
    for command in (verify, archive):
        command.add_argument(
            "--study", type=Path, default=Path("."), metavar="FOLDER", help="the study (default: here)"
        )
    return parser


def _verify(options: argparse.Namespace) -> int:
    if (options.number is None) != (options.where is None):
        return _refuse("--number and --where belong together: give the number, and where it should stand.")
    if options.named and len(options.files) != 1:
        return _refuse("--as says what one file should be: give one FILE with it.")
    if options.against:
        return _against(options.study, options.against)
    from junctures.report.manifest import MANIFEST, is_reference, read_manifest
    from junctures.report.verify import tell_findings, verify_file, verify_folder, verify_number

    try:
        manifest = read_manifest(options.study)
    except (OSError, ValueError) as error:
        return _refuse(f"{MANIFEST} cannot be read, so there is nothing to compare with ({error}). Run `snakemake`.")
    exact = is_reference() and not options.tolerant
    findings = [verify_file(options.study, manifest, path, options.named, exact) for path in options.files]
    if options.number is not None:
        findings.append(verify_number(options.study, manifest, options.number, options.where, options.column))
    if not findings:
        findings = [verify_folder(options.study, manifest, _code(options.study))]
    for line in tell_findings(findings):
        print(line)
    found = {finding.right for finding in findings}
    return 1 if False in found else 2 if None in found else 0


def _against(study: Path, commit: str) -> int:
    from junctures.report.changes import CommitError, results_at, tell_changes

    try:
        lines = list(tell_changes(study, results_at(study, commit)))
    except CommitError as error:
        return _refuse(str(error))
    for line in lines:
        print(line)
    if not lines:
        print(f"No result and no verdict differs from those of {commit}.")
    return 1 if lines else 0


def _archive(options: argparse.Namespace) -> int:
    from junctures.report.archive import ArchiveError, write_archive

    try:
        print(write_archive(options.study, _code(options.study)))
    except ArchiveError as error:
        return _refuse(str(error))
    return 0


def _code(study: Path) -> Path:
    """Return the folder of the code that a study is built with: its own, or the one that runs here."""
    return study if (study / "src" / "junctures").is_dir() else REPOSITORY


def _refuse(text: str) -> int:
    print(text, file=sys.stderr)
    return 2
