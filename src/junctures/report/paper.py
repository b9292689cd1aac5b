"""The paper: its source checked against the results, its numbers gathered by name, and both PDFs compiled.

The prose holds no result. A named number is looked up in processed/; a sentence that rests on a verdict or on a
condition is checked before anything is compiled, so that a changed result stops the build and names the sentence.
"""

import datetime
import json
import operator
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from junctures.files import write_bytes, write_text
from junctures.report import paper_source
from junctures.report.citations import authors
from junctures.report.judgement import VERDICTS
from junctures.report.paper_formats import day
from junctures.report.paper_numbers import FILES, Results
from junctures.study.problems import Problem, StudyError

DOCUMENTS = ("paper", "appendix")
TEMPLATE = "template.typ"
STANDARDS = ["ua-1"]  # the compiler refuses a document that the standard does not allow: no alt text, no title
COMPARISONS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "=": operator.eq}


def check_source(source: str, file: str, results: Results, quotes: Mapping, known: str) -> list[Problem]:
    """Return every problem of one document: numbers without a cell, changed results, digits typed by hand.

    `quotes` maps a claim's id to its quotations, each with `place` and `text`; `known` is the text in which names such
    as Su-35 must occur. Parts that rest on an absent file are passed over.
    """
    source = paper_source.without_optional(paper_source.without_comments(source), results.absent)
    return [
        *_unfound(source, file, results),
        *_changed(source, file, results),
        *_misquoted(source, file, quotes),
        *_unknown_names(source, file, known),
        *_typed(source, file),
    ]


def _unfound(source: str, file: str, results: Results) -> Iterable[Problem]:
    for name, form, line in paper_source.numbers_used(source):
        try:
            results.number(name, form)
        except (LookupError, ValueError, TypeError) as error:
            what = f"the number {name} cannot be told: {error.args[0] if error.args else error}"
            why = "the paper would print a number that no result stands behind"
            yield Problem(file, line, "", what, why, "Mend the name, or build the file that it names.")


def _changed(source: str, file: str, results: Results) -> Iterable[Problem]:
    """Yield a problem for each sentence whose verdict or condition no longer holds."""
    for sentence in paper_source.sentences_resting(source):
        try:
            found = _verdicts(sentence, results) if sentence.claims else _condition(sentence.condition, results)
        except (LookupError, ValueError, TypeError) as error:
            found = str(error.args[0] if error.args else error)
        if found:
            what = f"the sentence “{sentence.text}” rests on a result that is another now: {found}"
            why = "the paper would state what the study no longer finds"
            yield Problem(file, sentence.line, "", what, why, "Rewrite the sentence, then name what it rests on now.")


def _verdicts(sentence: paper_source.Sentence, results: Results) -> str:
    """Return which claims of a sentence have another verdict, or nothing."""
    told = []
    for claim in sentence.claims:
        verdict = results.number(f"claims/{claim}/verdict").value
        if verdict != sentence.verdict:
            told.append(f"{claim} is {VERDICTS[verdict]}, not {VERDICTS.get(sentence.verdict, sentence.verdict)}")
    return "; ".join(told)


def _condition(condition: str, results: Results) -> str:
    """Return which part of a condition fails, or nothing; parts are joined by " and ": name, comparison, name."""
    for part in condition.split(" and "):
        left, sign, right = part.split(" ")
        a, b = results.value(left), results.value(right)
        if not COMPARISONS[sign](a, b):
            return f"{left} is {a:.4g}, {right} is {b:.4g}, and {sign} does not hold"
    return ""


def _misquoted(source: str, file: str, quotes: Mapping) -> Iterable[Problem]:
    for claim, words, line in paper_source.quotations(source):
        if place_of(claim, words, quotes) is None:
            what = f"'{words}' is not among the article's words under the claim {claim}"
            why = "the authors would be quoted with words that are not theirs"
            yield Problem(
                file, line, "", what, why, "Copy the words from claims.yaml, or name the claim that has them."
            )


def place_of(claim: str, words: str, quotes: Mapping) -> str | None:
    """Return the section of the article in which words of a claim's quotations stand, or None."""
    places = [quote["place"] for quote in quotes.get(claim, ()) if words in quote["text"]]
    return re.sub(r" paragraph .*", "", places[0]) if places else None


def _unknown_names(source: str, file: str, known: str) -> Iterable[Problem]:
    for name, line in paper_source.names_used(source):
        if name not in known:
            what = f"the name '{name}' occurs in no claim and in no figure's caption"
            why = "a number could be typed by hand in the guise of a name"
            yield Problem(file, line, "", what, why, "Write the name as the claims do.")


def _typed(source: str, file: str) -> Iterable[Problem]:
    for word, line in paper_source.numbers_typed(source):
        why = "a number in the text would outlive the result that it came from"
        remedy = 'Write #n("file/key/column"), or #named("...") where the digit belongs to a name.'
        yield Problem(file, line, "", f"'{word}' is a number typed by hand", why, remedy)


def gather(sources: Mapping[str, str], results: Results, quotes: Mapping) -> dict:
    """Return what the documents read: every number with its file, row and column, quotations with their section.

    `sources` maps the name of a document to its source. `used_in` of a number names the documents and lines.
    """
    numbers: dict[str, dict] = {}
    said: dict[str, str] = {}
    for document, text in sources.items():
        text = paper_source.without_optional(paper_source.without_comments(text), results.absent)
        for name, form, line in paper_source.numbers_used(text):
            found = results.number(name, form)
            key = f"{name} as {form}" if form else name
            entry = numbers.setdefault(key, vars(found) | {"used_in": []})
            entry["used_in"].append(f"{document}.typ:{line}")
        for claim, words, _ in paper_source.quotations(text):
            said[f"{claim}|{words}"] = place_of(claim, words, quotes)
    return {"numbers": dict(sorted(numbers.items())), "said": said, "absent": sorted(results.absent)}


def build(folder: Path, results: Results, claims: Iterable[Mapping], extra: Mapping) -> dict:
    """Check both documents of a folder, write numbers.json and the PDFs, and return what was written in numbers.json.

    `claims` are the entries of claims.yaml, `extra` further entries for the documents (tables, figures, about), which
    must have `released`, the day that the PDFs bear. Raises StudyError with every problem, and writes nothing then.
    """
    sources = {name: (folder / f"{name}.typ").read_text(encoding="utf-8") for name in DOCUMENTS}
    quotes = {claim["id"]: claim["quotes"] for claim in claims}
    known = known_text(results, claims, extra)
    problems = [
        problem
        for name, text in sources.items()
        for problem in check_source(text, f"{folder.name}/{name}.typ", results, quotes, known)
    ]
    if problems:
        raise StudyError(problems)
    data = gather(sources, results, quotes) | dict(extra)
    data["traced"] = [[each["text"], each["file"], each["row"], each["column"]] for each in data["numbers"].values()]
    write_json(data, folder / "numbers.json")
    for name in DOCUMENTS:
        pdf = compile_document(folder / f"{name}.typ", folder.parent, extra["released"])
        write_bytes(pdf, folder / f"{name}.pdf")
    return data


def known_text(results: Results, claims: Iterable[Mapping], extra: Mapping) -> str:
    """Return the text in which the names of the paper must occur: claims, their reasons, and figures' captions."""
    told = [f"{claim['statement']} {claim['rule']}" for claim in claims]
    told += [quote["text"] for claim in claims for quote in claim["quotes"]]
    told += list(results.frames["claims"]["reason"].astype(str))
    told += [record["caption"] for record in extra.get("figures", {}).values()]
    told += [str(licence) for licence in extra.get("licences", ())]
    return "\n".join(told)


def compile_document(source: Path, root: Path, released: str) -> bytes:
    """Return a Typst document as a tagged PDF (PDF/UA-1), the same bytes for the same input.

    `root` is the folder that paths beginning with a slash start from; `released` the day (ISO) that the PDF bears.
    Raises StudyError with the compiler's own words where the document or the standard is not met.
    """
    import matplotlib
    import typst

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    day = datetime.datetime.combine(datetime.date.fromisoformat(released), datetime.time(), datetime.UTC)
    try:
        compiler = typst.Compiler(str(source), root=str(root), font_paths=[str(fonts)], ignore_system_fonts=True)
        return compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=day)
    except typst.TypstError as error:
        what = f"Typst refuses it: {error.diagnostic or error.message}"
        why = "no paper could be read, or not by everybody: PDF/UA-1 asks for alt text, titles and tags"
        problem = Problem(f"{source.parent.name}/{source.name}", 0, "", what, why, "Mend the place that Typst names.")
        raise StudyError([problem]) from None


def write_json(data: Mapping, path: Path) -> None:
    """Write plain data as JSON, the same bytes for the same data, whole or not at all."""
    text = json.dumps(data, indent=1, ensure_ascii=False, default=str)
    write_text(text + "\n", path)


def read_results(paths: Mapping[str, str], study: Mapping, texts: Iterable[str] = ()) -> Results:
    """Return what numbers are looked up in; `paths` maps names of FILES to files that there are, `texts` are paths."""
    from junctures.numbers import read_csv

    if missing := [name for name, source in FILES.items() if source.required and name not in paths]:
        raise FileNotFoundError(
            f"the paper needs {', '.join(FILES[name].path for name in missing)}: no number could be told; run snakemake"
        )
    told = {path: re.sub(r"^#", "", Path(path).read_text(encoding="utf-8"), flags=re.MULTILINE) for path in texts}
    return Results({name: read_csv(path) for name, path in paths.items()}, study, told)


def figure_entry(record: Mapping) -> dict:
    """Return what the paper shows with a figure: alt text, caption without its list of sources, keys to cite."""
    keys = [key for source in record["sources"] for key in source["citation"] if key != "this_study"]
    caption = record["caption"].partition(" Sources: ")[0]
    return {"alt": record["alt"], "caption": caption, "keys": list(dict.fromkeys(keys))}


def about_entry(about: Mapping, study: Mapping) -> dict:
    """Return title, authors, version and day of the documents, from CITATION.cff and the study's values."""
    released = datetime.date.fromisoformat(str(about["date-released"]))
    return {
        "title": about["title"].partition(":")[0] + ": a test of a staged argument",
        "short": study["study"]["title"],
        "authors": [authors(about)],
        "keywords": about["keywords"],
        "abstract": " ".join(about["abstract"].split()),
        "version": str(about["version"]),
        "day": day(released),
    }
