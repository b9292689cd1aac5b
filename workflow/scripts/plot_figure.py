"""Draw one figure of the registry from its inputs, and write its files and its record."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from pathlib import Path

        from junctures.report.figure_files import record_of, write_figure
        from junctures.report.figures import FIGURES
        from junctures.report.inputs import load_inputs

        name = snakemake.params.figure
        study = load_inputs({"study": snakemake.input.study})["study"]
        inputs = load_inputs(FIGURES[name].input_paths(study))
        for argument, value in inputs.items():
            say(f"{argument}: {len(value)} {'rows' if hasattr(value, 'columns') else 'entries'} in")
        drawing = FIGURES[name].draw(**inputs)
        code = Path(snakemake.input.code).read_text(encoding="utf-8").strip()
        record = record_of(name, drawing, study, inputs["sources"], code)
        for path in write_figure(name, drawing, record, Path("figures")):
            say(f"{path.as_posix()}: {path.stat().st_size} bytes out")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
