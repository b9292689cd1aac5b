"""Every series made once by the check, so that what a scale or measure cannot take is told before anything is built."""

import json
from collections.abc import Mapping
from pathlib import Path

from junctures.study.code_digest import digest_text
from junctures.study.files import table_files
from junctures.study.problems import Problem, StudyError
from junctures.study.schema import Study
from junctures.study.tables import Source, table_of


def check_series(
    root: Path, study: Study, sources: Mapping[str, Source], seen: str, known: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Return a digest of all that each indicator's series is made of, and what is wrong with those that are new.

    `seen` is a digest of raw/ and of the code, `known` what an earlier check returned first: a series of a known digest
    is not made again. The tables must have passed their own check.
    """
    digests, problems, tables = {}, [], {}
    window = study.study.window.model_dump(mode="json")
    for name, indicator in study.indicators.items():
        time = table_of(sources, indicator.table).time
        digests[name] = digest_text(json.dumps([seen, window, time, indicator.model_dump(mode="json")]))
        if known.get(name) == digests[name]:
            continue
        # pandas takes half a second to import: only what is new pays for it.
        from junctures.study.series import build_series, load_table

        try:
            if indicator.table not in tables:
                tables[indicator.table] = load_table(*(root / file for file in table_files(root, indicator.table)))
            build_series(indicator, tables[indicator.table], window, time=time)
        except StudyError as error:
            problems += error.problems
    return digests, problems
