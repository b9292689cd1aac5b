"""The rule verify and the build that it starts elsewhere; what is compared then has its tests in tests/unit."""

from study_run import edit, outputs, snakemake

from junctures.report.manifest import published_files
from junctures.report.rebuild import PAGES, build


def test_every_output_of_every_rule_is_in_the_manifest_or_compared_beside_it(built):
    lines = snakemake(built, "--summary").text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("output_file\t"))
    made = {line.split("\t")[0] for line in lines[head + 1 :] if "\t" in line}
    assert "processed/results/claims.csv" in made
    assert made == {*published_files(built), *PAGES}


def test_build_in_a_folder_makes_what_is_missing_there(study):
    page = study / "tables/sources.md"
    before = page.read_bytes()
    page.unlink()
    told = build(study, study, 2)
    assert told.returncode == 0, told.stderr
    assert page.read_bytes() == before


def test_failed_build_elsewhere_fails_the_rule_with_its_reason_and_leaves_the_folder_alone(study):
    edit(study, "workflow/scripts/build_series.py", "import write_csv", "import write_cvs as write_csv")
    before = outputs(study)
    told = snakemake(study, "verify")
    assert told.code != 0
    assert "The build failed, so nothing can be said of the outputs. It said:" in told.text
    assert "cannot import name 'write_cvs'" in told.text
    assert outputs(study) == before
    assert "The build failed" in (study / "logs/verify.log").read_text(encoding="utf-8")
