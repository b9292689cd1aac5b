"""The paper: numbers come by name from the results, sentences fall when their results change, both PDFs are the same
bytes each time and can be read by everybody."""

import csv
import json
import re
import shutil
import zlib
from pathlib import Path

import pandas as pd
import pytest
import yaml

from junctures.report import paper, paper_formats, paper_source, paper_tables
from junctures.report.paper_numbers import FILES, Results
from junctures.study.problems import StudyError

ROOT = Path(__file__).parents[2]
DAY = "2026-11-24"
STUDY = {
    "study": {"rules_fixed": "2026-01-05", "draws": 1999},
    "junctures": [{"id": "one", "label": "First", "alternatives": ["2016-02-07"]}],
}
QUOTES = {"rise": [{"place": "3.2 paragraph 1", "text": "it rose [...] a great deal"}]}


def effect(model, estimand, **changes):
    base = {"indicator": "drills", "vintage": "", "juncture": "one", "model": model, "estimand": estimand}
    return base | {"estimate": -0.25, "lower": -1.5, "upper": 1.0, "p": 0.0004, "n": 1234, "reason": ""} | changes


@pytest.fixture
def results():
    effects = pd.DataFrame(
        [
            effect("primary", "step"),
            effect("primary", "mean_step", estimate=float("nan"), reason="too short"),
            effect("slope", "step", vintage="2022-03", estimate=0.5),
            effect("slope", "step", vintage="2024-03", estimate=0.75),
        ]
    )
    claims = pd.DataFrame(
        [
            {"claim": "rise", "ledger": "tested", "verdict": "cannot_tell", "reason": "7 of 8 years, 2018 has none"},
            {"claim": "fall", "ledger": "checked", "verdict": "supported", "reason": "Su-35 sold"},
        ]
    )
    texts = {"CHANGELOG.md": "the last pass\nmoved twelve verdicts"}
    return Results({"effects": effects, "claims": claims}, STUDY, texts)


@pytest.fixture(scope="module")
def shipped():
    study = json.loads((ROOT / "processed/meta/study.json").read_text(encoding="utf-8"))
    paths = {name: str(ROOT / file.path) for name, file in FILES.items() if (ROOT / file.path).exists()}
    found = paper.read_results(paths, study)
    records = sorted(ROOT.glob("raw/*/SOURCE.yaml"))
    for path in [ROOT / "claims.yaml", ROOT / "CHANGELOG.md", *records]:
        text = re.sub(r"^#", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found.texts[path.relative_to(ROOT).as_posix()] = text
    claims = yaml.safe_load((ROOT / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    return found, claims


def problems(source, results, known=""):
    return [str(each) for each in paper.check_source(source, "paper/paper.typ", results, QUOTES, known)]


def test_a_named_number_is_the_cell_of_the_one_row_that_it_names(results):
    found = results.number("effects/drills/primary/one/step/estimate")
    assert (found.text, found.value, found.row) == ("−0.25", "-0.25", "line 2: drills primary one step")
    assert results.number("effects/drills/primary/one/step/p").text == "p < 0.001"
    assert results.number("effects/drills/primary/one/step/n").text == "1,234"
    assert results.number("effects/drills/primary/one/step/interval").text == "−1.50 to 1.00"
    assert results.number("effects/drills@2024-03/slope/one/step/estimate").row.startswith("line 5")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("effects/drills/slope/one/step/estimate", "2 rows have indicator / model"),
        ("effects/drills/nothing/one/step/estimate", "0 rows have"),
        ("effects/drills/primary/one/mean_step/estimate", "too short"),
        ("effects/drills/primary/one/step/size", "no column 'size'"),
        ("effects/drills/primary/step/estimate", "4 parts are given"),
        ("dates/drills/rank", "is not there"),
        ("claims/rise/reason: <> of * months", "does not occur"),
        ("count/claims/colour=red", "no column 'colour'"),
        ("study/study/seed", "no value 'seed'"),
        ("rules/luck", "no rule is called 'luck'"),
        ("elsewhere/a/b", "no file is called 'elsewhere'"),
    ],
)
def test_a_name_that_leads_to_no_single_cell_is_refused_with_the_reason(results, name, told):
    [problem] = problems(f'It is #n("{name}").', results)
    assert told in problem and name in problem and "line 1" in problem


def test_numbers_come_from_texts_settings_counts_and_rules_too(results):
    assert results.number("claims/rise/reason: * of <> years").text == "8"
    assert results.number("text/CHANGELOG.md: pass moved <> verdicts").text == "twelve"
    assert results.number("study/study/rules_fixed").text == "5 January 2026"
    assert results.number("study/junctures/one/alternatives/0", "month").text == "February 2016"
    assert results.number("count/claims/ledger=tested|checked").value == "2"
    assert results.number("distinct/effects/model=slope/vintage", "word").text == "two"
    assert results.number("least/effects/model=s*/estimate").value == "0.5"
    assert results.number("rules/level", "percent").text == "5"


def test_a_number_typed_by_hand_is_found_with_its_line():
    source = 'One of three.\nIt rose by 12 % in 2014, by #n("effects/a/b/c/2014/p"), and seven times.'
    assert paper_source.numbers_typed(source) == [("12", 2), ("2014,", 2), ("seven", 2)]


def test_digits_of_keys_names_and_comments_are_no_numbers_typed_by_hand():
    source = (
        '// 1\n@kwon_2022 #cite(<lee_2021>) #named("Su-35") #said("rise", "in 2012")\n'
        '#given("a/0.4/b > 1")[text] #optional("breaks")[text] #rests("a_2012", "mixed")[text]'
    )
    assert paper_source.numbers_typed(source) == []
    assert paper_source.numbers_typed('#given("a > 1")[rises by 3]') == [("3]", 1)]


def test_a_changed_verdict_is_told_with_the_sentence_that_rests_on_it(results):
    source = 'Before.\n#rests("rise fall", "supported")[Both rose, by #n("claims/rise/reason: <> of * years").]'
    [problem] = problems(source, results)
    assert "line 2" in problem and "Both rose, by" in problem and "rise is cannot tell, not supported" in problem
    assert problems('#rests("rise", "cannot_tell")[It may have risen.]', results) == []


def test_a_condition_that_fails_is_told_with_the_sentence_that_rests_on_it(results):
    lower = "effects/drills/primary/one/step/lower"
    [problem] = problems(f'#given("{lower} > 0 and {lower} < 1")[The interval excludes zero.]', results)
    assert "The interval excludes zero." in problem and "is -1.5" in problem
    assert problems(f'#given("{lower} < 0 and {lower} < rules/level")[It holds zero.]', results) == []


def test_words_that_are_not_the_authors_and_unknown_names_are_refused(results):
    assert problems('#said("rise", "it rose")', results) == []
    [misquoted] = problems('#said("rise", "it fell")', results)
    assert "it fell" in misquoted and "not among the article's words" in misquoted
    [unknown] = problems('#named("12 ships")', results, known="Su-35 sold")
    assert "12 ships" in unknown
    assert problems('#named("Su-35")', results, known="Su-35 sold") == []


def test_a_part_that_rests_on_an_absent_file_is_passed_over_and_not_one_on_a_file_that_is_there(results):
    source = 'A.\n#optional("breaks")[\n  At #n("breaks/drills/primary/1/p").\n]\nThen 7.'
    assert [re.search("line (\\d)", each)[1] for each in problems(source, results)] == ["5"]
    results.frames["breaks"] = pd.DataFrame({"indicator": ["other"], "model": "primary", "break": 1, "p": [0.5]})
    assert any("breaks/drills/primary/1/p" in each for each in problems(source, results))


def test_gathered_numbers_say_where_they_come_from_and_where_they_are_used(results):
    sources = {"paper": 'a #n("rules/level")\n#n("rules/level")', "appendix": '#n("rules/level", form: "percent")'}
    numbers = paper.gather(sources, results, QUOTES)["numbers"]
    assert numbers["rules/level"]["used_in"] == ["paper.typ:1", "paper.typ:2"]
    assert numbers["rules/level as percent"]["file"] == "src/junctures/inference/families.py"


def test_the_shipped_documents_say_what_the_results_say(shipped):
    found, claims = shipped
    quotes = {claim["id"]: claim["quotes"] for claim in claims}
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "figures").glob("*.json"))]
    known = paper.known_text(found, claims, {"figures": {each["id"]: each for each in records}})
    for name in paper.DOCUMENTS:
        source = (ROOT / f"paper/{name}.typ").read_text(encoding="utf-8")
        assert paper.check_source(source, f"paper/{name}.typ", found, quotes, known) == []


def test_every_shipped_number_stands_in_the_row_and_column_that_it_names():
    data = json.loads((ROOT / "paper/numbers.json").read_text(encoding="utf-8"))
    seen = 0
    for name, number in data["numbers"].items():
        path = ROOT / number["file"]
        assert path.exists(), name
        line = re.match(r"line (\d+): ", number["row"])
        if line is None:
            continue
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        row = rows[int(line[1]) - 2]
        if number["column"] == "interval":
            cells = [row["lower"], row["upper"]]
            assert number["text"] == paper_formats.FORMATS["interval"](*map(float, cells)), name
        elif ": " in name:
            assert number["value"] in row[number["column"]], name
        else:
            cell = row[number["column"]]
            # Eight digits are written, so what is read back differs by rounding only.
            assert cell == number["value"] or float(cell) == pytest.approx(float(number["value"]), rel=1e-12), name
        seen += 1
    assert seen > 50


def test_no_semicolon_after_a_call_is_swallowed_by_typst():
    for name in paper.DOCUMENTS:
        source = paper_source.without_comments((ROOT / f"paper/{name}.typ").read_text(encoding="utf-8"))
        calls = re.findall(r'#[A-Za-z]+(?:\((?:"[^"]*"|[^()"])*\))?;', source)
        assert calls == []


def test_every_number_of_the_prose_is_used_in_the_paper_as_the_file_of_numbers_says():
    data = json.loads((ROOT / "paper/numbers.json").read_text(encoding="utf-8"))
    used = {place for number in data["numbers"].values() for place in number["used_in"]}
    assert {place.split(":")[0] for place in used} <= {f"{name}.typ" for name in paper.DOCUMENTS}
    assert len(data["traced"]) == len(data["numbers"])


@pytest.fixture
def folder(tmp_path):
    for name in ("paper", "figures"):
        (tmp_path / name).mkdir()
    for path in (ROOT / "paper").glob("*.[tb][yi][pb]"):
        shutil.copy(path, tmp_path / "paper")
    data = json.loads((ROOT / "paper/numbers.json").read_text(encoding="utf-8"))
    for name in data["figures"]:
        shutil.copy(ROOT / f"figures/{name}.svg", tmp_path / "figures")
    return tmp_path / "paper", {key: data[key] for key in ("about", "released", "figures", "tables")}


def test_the_paper_compiles_twice_to_the_same_bytes_with_tags_outline_title_and_language(folder, shipped):
    place, extra = folder
    paper.build(place, *shipped, extra)
    first = {name: (place / f"{name}.pdf").read_bytes() for name in paper.DOCUMENTS}
    for name, pdf in first.items():
        assert paper.compile_document(place / f"{name}.typ", place.parent, extra["released"]) == pdf
        told = unpacked(pdf)
        for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Outlines", b"/Lang", b"/DisplayDocTitle true", b"pdfuaid"):
            assert mark in told, (name, mark)
        assert pdf == (ROOT / f"paper/{name}.pdf").read_bytes(), f"paper/{name}.pdf is not what the source makes"
    assert unpacked(first["paper"]).count(b"/Alt") >= len(extra["figures"]) + 1


def unpacked(pdf):
    """Return a PDF's bytes with its compressed streams unpacked beside them."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n", pdf):
        try:
            parts.append(zlib.decompressobj().decompress(pdf[found.end() :]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_a_changed_verdict_stops_the_build_names_the_sentence_and_writes_nothing(folder, shipped):
    place, extra = folder
    found, claims = shipped
    changed = found.frames["claims"].copy()
    changed.loc[changed["claim"] == "dates_special", "verdict"] = "supported"
    other = Results({**found.frames, "claims": changed}, found.study, found.texts)
    with pytest.raises(StudyError, match="That cooperation changed at these dates more than at others is ruled out"):
        paper.build(place, other, claims, extra)
    assert not list(place.glob("*.pdf")) and not (place / "numbers.json").exists()


def test_a_picture_without_alt_text_is_refused(tmp_path):
    (tmp_path / "paper").mkdir()
    (tmp_path / "x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    source = tmp_path / "paper" / "paper.typ"
    source.write_text('#set document(title: "T")\n#image("/x.svg")\n', encoding="utf-8")
    with pytest.raises(StudyError, match=r"paper/paper\.typ.*alt"):
        paper.compile_document(source, tmp_path, DAY)
    source.write_text('#set document(title: "T")\n#image("/x.svg", alt: "a square")\n', encoding="utf-8")
    assert paper.compile_document(source, tmp_path, DAY).startswith(b"%PDF")


def test_a_study_without_its_results_is_told_which_are_missing():
    with pytest.raises(FileNotFoundError, match=r"processed/results/dates\.csv"):
        paper.read_results({"effects": "x"}, {})


def test_the_row_that_decides_a_claim_is_shown_with_how_many_more_decide():
    rows = [
        effect("primary", "step", scale="sqrt"),
        effect("slope", "step", scale="log", vintage="2022-03", estimate=0.5),
        effect("slope", "step", scale="log", vintage="2024-03"),
        effect("pool_drills", "staged", scale="index", p=0.25),
        effect("pool_drills", "date_rank", scale="index", reason="rank 3 of 9 sets of dates"),
    ]
    effects = pd.DataFrame(rows)
    file = "processed/results/effects.csv: drills"
    assert paper_tables.deciding(f"{file} primary one step", effects) == "−0.25 [−1.50, 1.00] root"
    both = f"{file} 2022-03 slope one step; {file} 2024-03 slope one step"
    assert paper_tables.deciding(both, effects) == "+0.50 [−1.50, 1.00] log; 1 more vintage"
    assert paper_tables.deciding(f"{file} pool_drills one staged", effects) == "all three positive: p = 0.250"
    assert paper_tables.deciding(f"{file} pool_drills one date_rank", effects) == "rank 3 of 9 sets"
    with pytest.raises(ValueError, match="no row of effects is named by 'drills primary two step'"):
        paper_tables.deciding(f"{file} primary two step", effects)


def test_calibration_is_told_by_series_and_truth_and_by_claim_and_planted_effect():
    key = {"id": "drills", "model": "pool_drills", "juncture": "one", "estimand": "step"}
    rows = [
        key | {"truth": "own", "effect": 2, "rate": 0.5},
        key | {"truth": "own", "effect": 0, "rate": 0.04},
        key | {"truth": "own", "effect": 0, "rate": 0.08, "juncture": "two"},
        key | {"truth": "own", "effect": 0, "rate": 0.03, "juncture": "all", "estimand": "mean_step"},
        key | {"truth": "random_walk", "effect": 0, "rate": 0.2},
    ]
    study = STUDY | {"pools": {"drills": {"label": "Drills"}}, "indicators": {}}
    table = paper_tables.calibration(pd.DataFrame(rows), study)
    assert table["head"] == ["Series", "own", "random walk", "2 sd"]
    assert table["rows"] == [["Pool: Drills", "6/3", "20/–", "50/–"]]
    rates = dict.fromkeys(paper_tables.VERDICTS, 0.0) | {"supported": 0.25, "cannot_tell": 0.75}
    table = paper_tables.verdict_rates(pd.DataFrame([{"claim": "rise", "effect": 2, "wrong": 0.01, **rates}]))
    assert table["rows"] == [["rise", "2", "25", "0", "0", "0", "75", "0", "1"]]


def test_ledgers_are_counted_apart_and_the_disputed_are_listed():
    claims = pd.DataFrame(
        [
            {"ledger": "tested", "verdict": "cannot_tell", "juncture": "one", "statement": "A.", "label": ""},
            {"ledger": "checked", "verdict": "mixed", "juncture": "one", "statement": "B.", "label": ""},
            {"ledger": "checked", "verdict": "supported", "juncture": "none", "statement": "C.", "label": ""},
        ]
    )
    counted = paper_tables.ledgers(claims)["rows"]
    assert [row[1] for row in counted] == ["1", "2"]
    assert paper_tables.disputed(claims, STUDY)["rows"] == [["First", "B.", "mixed"]]
    assert [row[0] for row in paper_tables.checked(claims, STUDY)["rows"]] == ["Background", "First"]
