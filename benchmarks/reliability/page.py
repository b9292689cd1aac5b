"""Write the parts of docs/reliability.md from the records: python benchmarks/reliability/page.py"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from record import RECORDS, ROOT

from junctures.numbers import write_text
from junctures.report.readme import update_readme

PAGE = ROOT / "docs" / "reliability.md"
KINDS = {
    "config": "values and names in `config.yaml`",
    "yaml": "YAML of `config.yaml`",
    "claims": "`claims.yaml`",
    "sources": "`SOURCE.yaml`",
    "tables": "raw tables",
}


def load(part: str) -> dict | None:
    """Return a part's record, or None where it was not measured."""
    path: Path = RECORDS / f"{part}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), ["---"] * len(list(head)), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def source(record: dict) -> str:
    """Return by what command, when and on which commit a record was measured."""
    return f"`{record['command']}`, {record['date']}, commit {record['commit'][:7]}, {record['machine']}."


def tell_bad_inputs(record: dict) -> str:
    """Return what came of the damaged studies, a row a file."""
    figures = record["figures"]
    rows = []
    for name, part in figures["parts"].items():
        ends = part["ends"]
        wrong = sum(count for kind, count in ends.items() if kind not in ("refused", "accepted"))
        counts = (len(part["classes"]), sum(ends.values()), ends.get("refused", 0), ends.get("accepted", 0), wrong)
        rows.append([KINDS[name], *counts, ", ".join(part["classes"])])
    head = ["what is damaged", "classes", "studies", "refused", "right number", "otherwise", "the classes"]
    return f"{source(record)}\n\n{table(head, rows)}"


def tell_kills(*records: dict) -> str:
    """Return what came of the killed builds, a row a study."""
    rows = []
    for record in records:
        figures = record["figures"]
        locked = sum(each["locked"] for each in figures["each"])
        halves = sum(each["half_written"] > 0 for each in figures["each"])
        rows.append(
            [figures["study"], figures["kills"], figures["right_after_the_rerun"], figures["outputs_compared"], locked,
             halves, figures["seconds_of_a_whole_build"]]
        )  # fmt: skip
    head = ["study", "killed", "right after the rerun", "outputs compared", "found locked", "half-written files found",
            "a whole build, s"]  # fmt: skip
    return "\n\n".join([*map(source, records), table(head, rows)])


def tell_faults(record: dict) -> str:
    """Return what was said and what came of each fault."""
    rows = []
    for name, each in record["figures"]["each"].items():
        if "not_tried" in each:
            rows.append([name.replace("_", " "), "not tried", each["not_tried"], ""])
        else:
            rows.append([each["done"], each["code"], each["said"], "yes" if each["next_right"] else "**no**"])
    head = ["what was done", "exit code", "what was said first", "next build right"]
    return f"{source(record)}\n\n{table(head, rows)}"


def tell_slurm(record: dict) -> str:
    """Return the studies built through Slurm beside the same built here."""
    rows = [
        [each["study"], each["seconds"]["local"], each["seconds"]["slurm"], each["slurm_jobs"], each["files_compared"],
         len(each["differ"]) + len(each["in_one_only"])]
        for each in record["figures"]["studies"]
    ]  # fmt: skip
    head = ["study", "here, s", "through Slurm, s", "Slurm jobs", "files compared", "that differ"]
    return f"{source(record)}\n\n{table(head, rows)}"


def tell_large(record: dict) -> str:
    """Return times, discoveries and the projection of the generated studies."""
    figures = record["figures"]
    runs = figures["runs"]
    times = [
        [each["dyads"], each["profile"], *(each["seconds"][what] for what in ("check_in_full", "check_again", "plan")),
         each["seconds"]["build"], each["seconds"]["build_processor"] or "", each["files"], each["megabytes"]]
        for each in runs
    ]  # fmt: skip
    head = ["dyads", "run", "full check, s", "check again, s", "plan, s", "build, s", "processor, s", "files", "MB"]
    parts = [source(record), table(head, times)]
    rules = {"p": "p at most .05", "bh": "Benjamini and Hochberg at .05", "holm": "Holm at .05"}
    found = [
        [each["dyads"], rules[rule], f"{each['found'][rule]['true']} of {each['found']['real']}",
         f"{each['found'][rule]['false']} of {each['found']['dyads'] - each['found']['real']}",
         f"{100 * each['found'][rule]['false_share_of_found']:.1f} %",
         ", ".join(f"{size}: {hit} of {n}" for size, (hit, n) in each["found"][rule]["found_by_size"].items())]
        for each in runs if each["profile"] == "local"
        for rule in rules
    ]  # fmt: skip
    head = ["dyads", "rule", "real steps found", "others found", "false among found", "found by size of the step, sd"]
    parts.append(table(head, found))
    for each in figures["batched"]:
        parts.append(
            f"The primary procedure alone on {each['series']} such series in one process: {each['seconds']} s, at most"
            f" {each['peak_megabytes']} MB."
        )
    if "projection" in figures:
        rows = [
            [name.replace("_", " "), value] for name, value in figures["projection"].items() if name != "assumptions"
        ]
        parts.append("A million series, on paper: " + "; ".join(figures["projection"]["assumptions"]) + ".")
        parts.append(table(["what", "projected"], rows))
    return "\n\n".join(parts)


def tell_platforms(record: dict) -> str:
    """Return on what the study was built, and how many committed files came out otherwise."""
    rows = []
    for name, each in record["figures"]["platforms"].items():
        if "skipped" in each:
            rows.append([name, each["skipped"], "", "", ""])
            continue
        setting = ", ".join(f"{key}={value}" for key, value in each["set"].items())
        differ = len(each["files_that_differ"]) if each["built"] else "no build"
        rows.append([f"Python {each['python']}", f"`{each['folder']}`", setting, each["files_compared"], differ])
    head = ["interpreter", "folder", "set", "committed files compared", "that differ"]
    return f"{source(record)}\n\n{table(head, rows)}"


def tell_counts(records: dict[str, dict | None]) -> Iterator[list[object]]:
    """Yield the rows of the summary."""
    if bad := records["bad_inputs"]:
        figures = bad["figures"]
        yield ["damaged studies tried", f"{figures['damaged_studies']} in {figures['classes']} classes"]
        yield ["of them refused / used with the right number",
               f"{figures['refused']} / {figures['accepted_with_the_right_number']}"]  # fmt: skip
        yield ["tracebacks; checks that hung; files written on a refusal",
               f"{figures['traceback']}; {figures['hang']}; {figures['written']}"]  # fmt: skip
        yield ["silent wrong numbers; messages at a wrong place", f"{figures['silent']}; {figures['misleading']}"]
    for name in ("kills", "kills_whole_study"):
        if kills := records[name]:
            figures = kills["figures"]
            yield [f"builds killed ({figures['study']}), right after the rerun",
                   f"{figures['right_after_the_rerun']} of {figures['kills']}"]  # fmt: skip
    if faults := records["faults"]:
        figures = faults["figures"]
        yield ["other faults of a build, right in the next build; with a traceback",
               f"{figures['right_in_the_next_build']} of {figures['faults']}; {figures['tracebacks']}"]  # fmt: skip
    if platforms := records["platforms"]:
        built = [each for each in platforms["figures"]["platforms"].values() if "built" in each]
        right = sum(each["built"] and not each["files_that_differ"] for each in built)
        yield ["Pythons, linear algebra, locales, time zones and folders, same bytes", f"{right} of {len(built)}"]
    if slurm := records["slurm"]:
        studies = slurm["figures"]["studies"]
        right = sum(not each["differ"] and not each["in_one_only"] for each in studies)
        yield ["studies built through Slurm, same bytes", f"{right} of {len(studies)}"]


def parts() -> dict[str, str]:
    """Return every part of the page by its name."""
    names = ("bad_inputs", "kills", "kills_whole_study", "faults", "slurm", "large", "platforms")
    records = {name: load(name) for name in names}
    told = {"counts": table(["what", "measured"], tell_counts(records))}
    for name, tell in (("bad_inputs", tell_bad_inputs), ("faults", tell_faults), ("slurm", tell_slurm),
                       ("large", tell_large), ("platforms", tell_platforms)):  # fmt: skip
        told[name] = tell(records[name]) if records[name] else "Not measured yet."
    kills = [records[name] for name in ("kills", "kills_whole_study") if records[name]]
    told["kills"] = tell_kills(*kills) if kills else "Not measured yet."
    return told


if __name__ == "__main__":
    write_text(update_readme(PAGE.read_text(encoding="utf-8"), parts()), PAGE)
