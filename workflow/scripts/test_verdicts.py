"""Write how often the rules give each verdict on simulated studies without effects and with planted ones."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import gc
        import json
        from pathlib import Path

        from junctures.inference.indicator import Setting
        from junctures.inference.simulated_studies import family_tests, replay_claims, rows_by_key
        from junctures.numbers import read_csv, write_csv
        from junctures.report.verdict_rates import verdict_rates

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = {Path(path).stem: read_csv(path) for path in snakemake.input.series}
        effects, setting = rows_by_key(read_csv(snakemake.input.effects)), Setting.from_slice(part)
        replayed = replay_claims(part, series, effects, setting, say)
        # Each adjustment by the library collects garbage; what stands by now need not be looked through every time.
        gc.freeze()
        rates = verdict_rates(part["claims"], replayed, effects, family_tests(part), setting.simulations["studies"])
        say(rates.to_string())
        write_csv(rates, snakemake.output.rates)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
