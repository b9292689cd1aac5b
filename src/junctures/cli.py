"""The small command-line tool: begin a study, check it before anything runs, explain and verify what it made."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from junctures.study.check import REPOSITORY
from junctures.study.problems import StudyError

TOOL = """\
Critical junctures in short time series: from sourced tables to judged claims.

  junctures new ~/my_study                 begin a small working study
  junctures check ~/my_study               what will it test, and what could it see?
  junctures explain exercises              the way of a number from raw rows to verdicts
  junctures verify "Figure 3.png"          is this what the study makes?
  junctures archive                        one zip for a repository of data

`junctures COMMAND --help` shows more examples. A study is built by `snakemake` (README).
"""
CODES = """\
Exit code: 0 yes, or done; 1 there is a problem, or something differs; 2 it cannot be told, or was asked wrongly."""
NEW = """\
Begin a small working study, with real example data to be replaced by your own; print the command that builds it.

  junctures new ~/my_study
  junctures new "Ma thèse/deuxième étude"

The folder must not exist yet, or be empty; it is written whole or not at all."""
CHECK = """\
Say, before anything runs, whether a study has problems, what it will test, when each juncture begins, and what each
design could see. Nothing is written.

  junctures check                          the study here
  junctures check ~/my_study --json        the same as data
  junctures check --draws 2000             with more simulated samples, for figures that are nearer"""
EXPLAIN = """\
Show the way of one number, from what the last build wrote: of an indicator (or pool) from its raw rows over series and
effects to verdicts, figures and tables; of a claim from the article's words over rule and evidence to its verdict.

  junctures explain exercises                   an indicator of the study here
  junctures explain exercises --period 2012     the raw rows of a year, as they stand in the file
  junctures explain exercises_number_pivot      a claim
  junctures explain flow --study ~/my_study --json"""
VERIFY = """\
Say whether files, or a number, are what the code and raw tables of this study make.

  junctures verify                      are the outputs here those of the manifest, and config, claims, code, raw too?
  junctures verify figure.png t.csv     is a received file one of them, whatever its name; where does it first differ?
  junctures verify --number 0.276 --where effects:exercises:pivot:primary:step
  junctures verify --against COMMIT     which results and verdicts differ from those of a commit?

`snakemake verify` builds everything anew in another folder and compares that: it proves the manifest itself."""

ARCHIVE = """\
Write one zip of the whole study into its folder dist/, once its outputs are those of the manifest.

  junctures archive
  junctures archive --study ~/my_study"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code after doing what the command line says (`CODES`); without a command print them all."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.do is None:
        parser.print_help()
        return 0
    try:
        return options.do(options)
    except StudyError as error:
        return _refuse(str(error))


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="junctures", description=TOOL, epilog=CODES, formatter_class=raw)
    parser.set_defaults(do=None)
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name: str, do, short: str, long: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=short, description=long, epilog=CODES, formatter_class=raw)
        command.set_defaults(do=do)
        return command

    new = add("new", _new, "begin a small working study", NEW)
    new.add_argument("folder", type=Path, metavar="FOLDER", help="where the study is to be")
    check = add("check", _check, "what will a study test, and what could it see?", CHECK)
    check.add_argument("folder", nargs="?", type=Path, default=Path("."), metavar="FOLDER", help="default: here")
    check.add_argument("--draws", type=int, default=200, help="simulated samples for each design (default: 200)")
    explain = add("explain", _explain, "the way of one number from raw rows to verdict", EXPLAIN)
    explain.add_argument("name", metavar="INDICATOR|CLAIM", help="the id of an indicator, pool or claim")
    explain.add_argument("--period", help="print the raw rows of a period, or of all periods of a year")
    for command in (check, explain):
        command.add_argument("--json", action="store_true", help="print data instead of words")
    verify = add("verify", _verify, "is this what the study makes?", VERIFY)
    verify.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files that someone received")
    verify.add_argument("--as", dest="named", metavar="PATH", help="the file of the study to compare FILE with")
    verify.add_argument("--number", help="a number, rounded as it stands in a text")
    verify.add_argument("--where", help="file of processed/results and parts of the row's key, with colons between")
    verify.add_argument("--column", help="the column of that row; else any")
    verify.add_argument("--against", metavar="COMMIT", help="a commit of this repository")
    verify.add_argument("--tolerant", action="store_true", help="compare as on platforms other than Linux on x86-64")
    archive = add("archive", _archive, "write one zip for a repository of data", ARCHIVE)
    for command in (explain, verify, archive):
        command.add_argument(
            "--study", type=Path, default=Path("."), metavar="FOLDER", help="the study (default: here)"
        )
    return parser


def _new(options: argparse.Namespace) -> int:
    from junctures.study.new import build_command, write_study

    try:
        root = write_study(options.folder)
    except StudyError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"A small study is in {root}; README.md there says how to make it your own. Build it, from any folder:")
    print(f"\n  {build_command(root)}\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    if not (options.folder / "config.yaml").is_file():
        return _refuse(f"There is no study in {options.folder.resolve()}: it has no config.yaml. Give its folder.")
    if options.draws < 100:
        return _refuse(f"--draws is {options.draws}: with so few samples nothing could be told. Give 100 or more.")
    from junctures.report.outlook import foresee, tell
    from junctures.study.check import check_study

    try:
        study = check_study(options.folder, writing=False, code=_code(options.folder))
        found = foresee(options.folder, study, options.draws)
    except StudyError as error:
        print(error, file=sys.stderr)
        return 1
    _print(found, tell, options.json)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from junctures.report.explain import NothingToExplain, explain, is_current
    from junctures.report.explain_text import tell, tell_state

    try:
        found = explain(options.study, options.name, options.period)
    except NothingToExplain as error:
        return _refuse(str(error))
    current, why = is_current(options.study, _code(options.study))
    for line in tell_state(current, why):
        print(line, file=sys.stderr)
    _print(found | {"current": current}, tell, options.json)
    return {True: 0, False: 1, None: 2}[current]


def _print(found: Mapping, tell: Callable[[Mapping], Iterable[str]], as_json: bool) -> None:
    """Print what was found as data, or as `tell` puts it."""
    print(json.dumps(found, indent=1, ensure_ascii=False) if as_json else "\n".join(tell(found)))


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
