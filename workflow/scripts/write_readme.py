"""Write the generated parts of README.md: summary, findings, crosswalk."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        import yaml

        from junctures.files import write_text
        from junctures.numbers import read_csv
        from junctures.report.figures import FIGURES
        from junctures.report.readme import figure_outputs, table_outputs, update_readme, write_parts
        from junctures.report.table_kinds import TABLES
        from junctures.report.tables import juncture_labels

        study = json.loads(Path(snakemake.input.study).read_text(encoding="utf-8"))
        records = [json.loads(Path(path).read_text(encoding="utf-8")) for path in snakemake.input.records]
        claims, effects, designs = (read_csv(snakemake.input[name]) for name in ("claims", "effects", "designs"))
        shown = next(record for record in records if record["id"] == "what_the_design_could_see")
        outputs = figure_outputs(FIGURES, records, study) + table_outputs(TABLES)
        about = yaml.safe_load(Path(snakemake.input.about).read_text(encoding="utf-8"))
        declared = {name: entry["smallest_ratio"] for name, entry in study["indicators"].items()}
        ratios = {name: ratio for name, ratio in declared.items() if ratio}
        parts = write_parts(claims, effects, designs, shown, outputs, about, juncture_labels(study), ratios)
        readme = Path(snakemake.output.readme)
        text = update_readme(readme.read_text(encoding="utf-8"), parts)
        write_text(text, readme)
        say(f"{len(claims)} claims, {len(outputs)} outputs told")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
