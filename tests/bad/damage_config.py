"""Damages of config.yaml: misspelt keys, wrong types, numbers out of bounds, dates, windows, names that do not exist."""

from harness import refused

SCALE = "declared_scale: {value: 0.00408, derivation: exposure}, smallest_ratio: 1.1"
MEASURE = "measure: {kind: rate, columns: [van_drivers_killed], per: [kms]}"
MEMBERS = "members: [rus_un_threat, tv_threat]"


def config(group: str, *cases: tuple, study: str = "seat_belts"):
    """Return the damages of a class in config.yaml."""
    return refused(group, "config.yaml", list(cases), study)


DAMAGES = [
    *config(
        "misspelt keys",
        ("key_misspelt", "  seed:", "  sead:", "'sead' is unknown", "'seed'"),
        ("key_of_section_misspelt", "\nindicators:", "\nindicatros:", "'indicatros' is unknown", "'indicators'"),
        ("key_in_block_misspelt", "scale: sqrt,", "scael: sqrt,", "'scael' is unknown", "'scale'"),
        ("key_in_other_case", "    label: Seat", "    Label: Seat", "'Label' is unknown", "'label'"),
        ("key_with_hyphen", "rules_fixed:", "rules-fixed:", "'rules-fixed' is unknown", "'rules_fixed'"),
        ("key_missing", "  seed: 19830131\n", "", "'seed' is missing", "Add 'seed'", "study:"),
        ("section_missing", "dimensions:\n  bound: Bound by the law\n  not_bound: Not bound by the law\n", "", "'dimensions' is missing",
         "Add 'dimensions:'", "study:"),
        ("key_of_other_measure", "per: [kms]}, frequency: month, earliest: 1969-01, scale: sqrt",
         "per: [kms], absolute: true}, frequency: month, earliest: 1969-01, scale: sqrt", "does not use 'absolute'",
         "Remove it", "absolute"),
        ("measure_lacks_key", MEASURE, "measure: {kind: rate, columns: [van_drivers_killed]}", "needs 'per'", "Add 'per'"),
    ),
    *config(
        "wrong types",
        ("text_for_number", "seed: 19830131", "seed: many", "'many' cannot stand here", "integer"),
        ("fraction_for_whole", "power: 200", "power: 200.5", "'200.5' cannot stand here", "integer"),
        ("text_number_for_number", "seed: 19830131", 'seed: "19830131"', "'19830131' cannot stand here", "integer"),
        ("number_for_text", 'version: "1.0.0"', "version: 1.0", "YAML reads this as 1.0", "quotation marks"),
        ("list_for_text", "label: Seat-belt law", "label: [Seat-belt, law]", "cannot stand here", "string"),
        ("text_for_list", "columns: [van_drivers_killed]", "columns: van_drivers_killed", "stands alone", "Write [van"),
        ("text_for_block", "window: {start: 1969-01, end: 1984-12}", "window: 1969-01", "cannot stand here", "dictionary"),
        ("text_for_truth", "1974-03, shaded: true", "1974-03, shaded: maybe", "'maybe' cannot stand here", "boolean"),
        ("number_for_truth", "1974-03, shaded: true", "1974-03, shaded: 1", "'1' cannot stand here", "boolean"),
        ("list_for_section", "dimensions:\n  bound: Bound by the law\n  not_bound: Not bound by the law",
         "dimensions: [bound, not_bound]", "no named entries", "name: ..."),
        ("block_for_list", "junctures:\n  - id: law                        # first treated: 1983-02, the month from which the"
         " data set says that the law held\n    label: Seat-belt law\n    date: 1983-01-31", "junctures: {law: 1983-01-31}",
         "'junctures' is no list", "after a hyphen"),
        ("text_for_entry", "  - {id: breath_tests,", "  - breath tests\n  - {id: breath_tests,", "a block of keys", "keys id, label",
         "- breath tests"),
        ("section_is_text", "rows:\n  false_step: 1976 ", "rows: 1976 ", "a block of keys", "Write at least"),
        ("unknown_word", "frequency: month, earliest: 1969-01, scale: sqrt", "frequency: monthly, earliest: 1969-01,"
         " scale: sqrt", "'monthly' is no valid value", "'month'"),
        ("filter_is_text", MEASURE, "where: all, " + MEASURE, "no mapping", "Write {column: value}"),
        ("filter_condition_unknown", MEASURE, "where: {law: {is: 1}}, " + MEASURE, "'is' is no condition", "holds"),
        ("filter_value_is_block_in_list", MEASURE, "where: {law: [[1]]}, " + MEASURE, "neither text nor", "Write the value"),
        ("filter_sum_of_nan", MEASURE, "where: {row_sum: {columns: [kms], min: .nan, max: 1}}, " + MEASURE,
         "needs numbers", "min: 95"),
    ),
    *config(
        "numbers out of bounds",
        ("draws_negative", "power: 200", "power: -200", "'-200' cannot stand here", "greater than or equal to 1"),
        ("draws_zero", "breaks: 49", "breaks: 0", "'0' cannot stand here", "greater than or equal to 1"),
        ("draws_enormous", "power: 200", "power: 200000000000", "cannot stand here", "less than or equal to 1000000"),
        ("seed_negative", "seed: 19830131", "seed: -1", "'-1' cannot stand here", "greater than or equal to 0"),
        ("scale_zero", SCALE, "declared_scale: {value: 0, derivation: exposure}", "'0' cannot stand", "greater than 0"),
        ("scale_infinite", SCALE, "declared_scale: {value: .inf, derivation: exposure}", "'inf' cannot", "finite"),
        ("scale_not_a_number", SCALE, "declared_scale: {value: .nan, derivation: exposure}", "'nan' cannot", "finite"),
        ("scale_null", SCALE, "declared_scale: {value: ~, derivation: exposure}", "'None' cannot", "number"),
        ("ratio_below_one", "smallest_ratio: 1.1", "smallest_ratio: 0.9", "'0.9' cannot stand here", "greater than 1"),
        ("number_with_point_as_column", "per: [kms]}, frequency: month, earliest: 1969-01, scale: sqrt", "per: [1.10]},"
         " frequency: month, earliest: 1969-01, scale: sqrt", "YAML reads this as the number 1.1", "quotation marks"),
        ("ratio_for_no_count", "derivation: differences}}\n  rear", "derivation: differences}, smallest_ratio: 2}\n  rear",
         "'smallest_ratio' is given", "Remove it", "smallest_ratio: 2"),
    ),
    *config(
        "dates and periods",
        ("date_not_in_calendar", "date: 1983-01-31", "date: 1983-02-31", "no date '1983-02-31'", "Correct"),
        ("date_in_words", "date: 1983-01-31", "date: 31 January 1983", "is no date", "2014-03-18"),
        ("date_day_first", "date: 1983-01-31", "date: 31.01.1983", "is no date", "2014-03-18"),
        ("date_with_slashes", "date: 1983-01-31", "date: 1983/01/31", "is no date", "2014-03-18"),
        ("date_with_time", "date: 1983-01-31", "date: 1983-01-31 12:30:00", "has a time of day", "the day alone"),
        ("date_of_two_digits", "date: 1983-01-31", 'date: "83-01-31"', "is no date", "2014-03-18"),
        ("date_in_year_nought", "date: 1983-01-31", "date: 0000-01-31", "is no date", "2014-03-18"),
        ("date_in_year_9999", "date: 1983-01-31", "date: 9999-12-31", "is no date", "2014-03-18"),
        ("date_in_other_digits", "date: 1983-01-31", "date: １９８３-01-31", "is no date", "2014-03-18"),
        ("date_ends_with_line_break", "date: 1983-01-31", 'date: "1983-01-31\\n"', "is no date", "2014-03-18"),
        ("date_blank", "date: 1983-01-31", "date:", "'None' is no date", "2014-03-18"),
        ("date_is_list", "date: 1983-01-31", "date: [1983, 1, 31]", "is no date", "2014-03-18"),
        ("month_thirteen", "start: 1969-01", "start: 1969-13", "'1969-13' is no period", "2012Q1"),
        ("quarter_five", "start: 1969-01", "start: 1969Q5", "'1969Q5' is no period", "2012Q1"),
        ("period_in_year_nought", "start: 1969-01", "start: 0000-01", "'0000-01' is no period", "2012Q1"),
        ("event_ends_before_it_starts", "start: 1973-10, end: 1974-03", "start: 1974-03, end: 1973-10", "ends before it",
         "earlier date"),
    ),
    *config(
        "windows and junctures",
        ("window_reversed", "{start: 1969-01, end: 1984-12}", "{start: 1984-12, end: 1969-01}", "before it has two",
         "later period"),
        ("window_of_one_period", "{start: 1969-01, end: 1984-12}", "{start: 1984-12, end: 1984-12}", "before it has two",
         "later period"),
        ("window_of_two_frequencies", "{start: 1969-01, end: 1984-12}", "{start: 1969, end: 1984-12}", "starts with a year",
         "Give both"),
        ("juncture_before_window", "date: 1983-01-31", "date: 1968-01-31", "outside the study's window", "widen"),
        ("juncture_after_window", "date: 1983-01-31", "date: 1991-01-31", "outside the study's window", "widen"),
        ("juncture_in_first_period", "date: 1983-01-31", "date: 1969-01-02", "outside the study's window", "widen"),
        ("junctures_out_of_order", "    date: 1983-01-31", "    date: 1983-01-31\n  - {id: early, label: Early,"
         " date: 1975-01-01}", "does not come after 'law'", "by date", "id: early"),
        ("junctures_on_one_day", "    date: 1983-01-31", "    date: 1983-01-31\n  - {id: again, label: Again,"
         " date: 1983-01-31}", "does not come after 'law'", "each date once", "id: again"),
        ("juncture_named_twice", "    date: 1983-01-31", "    date: 1983-01-31\n  - {id: law, label: Again,"
         " date: 1983-08-31}", "'law' is given twice", "id of its own", "label: Again"),
        ("alternative_outside_window", "    date: 1983-01-31", "    date: 1983-01-31\n    alternatives: [1983-02-01, 1993]",
         "(1993-01-01) lies outside", "widen", "alternatives"),
        ("series_starts_after_window", "frequency: month, earliest: 1969-01, scale: sqrt", "frequency: month,"
         " earliest: 1990-01, scale: sqrt", "comes after the study's window", "widen"),
        ("series_ends_before_window", "frequency: month, earliest: 1969-01, scale: sqrt", "frequency: month,"
         " earliest: 1950-01, latest: 1960-12, scale: sqrt", "comes before the study's window", "widen"),
        ("series_ends_before_it_starts", "frequency: month, earliest: 1969-01, scale: sqrt", "frequency: month,"
         " earliest: 1980-01, latest: 1975-12, scale: sqrt", "comes before 'earliest'", "last complete"),
        ("false_step_outside_window", "false_step: 1976", "false_step: 1876", "outside the study's window", "Correct the year"),
        ("series_finer_than_table_says", "frequency: month, earliest: 1969-01, scale: sqrt",
         "frequency: year, earliest: 1969-01, scale: sqrt", "'1969-01' is a month", "Write a year"),
    ),
    *config(
        "names that do not exist",
        ("no_such_dimension", "van drivers killed, dimension: bound".capitalize(), "Van drivers killed, dimension: bund",
         "no dimension 'bund'", "'bound'"),
        ("no_such_column", "per: [kms]}, frequency: month, earliest: 1969-01, scale: sqrt", "per: [miles]}, frequency: month,"
         " earliest: 1969-01, scale: sqrt", "no column 'miles'", "kms"),
        ("no_such_citation", "article: harvey_durbin_1986", "article: harvey_durbin_1896", "no key of paper/ref", "1986"),
        ("no_such_family", "over: effect_claims", "over: effect_claim", "no valid value", "'effect_claims'"),
        ("no_such_model", SCALE, SCALE + ", models: [slope]", "no model 'slope'", "nothing can be named"),
        ("no_such_indicator_of_row", SCALE, SCALE + ", row_of: lorry_drivers", "no other indicator", "drivers"),
        ("row_of_itself", SCALE, SCALE + ", row_of: van_drivers", "no other indicator 'van_drivers'", "car_drivers"),
        ("column_without_numbers", "per: [kms]}, frequency: month, earliest: 1969-01, scale: sqrt", "per: [law]},"
         " frequency: month, earliest: 1969-01, scale: sqrt", "holds no numbers", "another column"),
        ("no_such_value", MEASURE, "where: {law: 2}, " + MEASURE, "'2' is no value of the column", "0, 1"),
    ),
    *config(
        "pools and leads",
        ("pool_member_missing", MEMBERS, "members: [rus_un_threat, tv_thread]", "no indicator 'tv_thread'", "'tv_threat'"),
        ("pool_member_twice", MEMBERS, "members: [rus_un_threat, rus_un_threat]", "is a member twice", "each member once"),
        ("pool_without_members", MEMBERS, "members: []", "cannot stand here", "at least 1"),
        ("pool_member_of_other_frequency", MEMBERS, "members: [rus_un_threat, relations_index]", "no series by year", "also"),
        ("pool_of_one_source_twice", MEMBERS, "members: [rus_un_threat, chn_un_threat]", "from the source", "Keep one"),
        ("pool_row_adds_a_member_again", "{add: [event_relations_phoenix]}", "{add: [event_relations_gdelt]}",
         "twice in this row", "each member once"),
        ("pool_window_without_juncture", "window: {start: 2002-01, end: 2021-12}\n    members: [event",
         "window: {start: 2002-01, end: 2010-12}\n    members: [event", "no juncture lies between", "Widen", "2010-12"),
        ("pool_named_like_indicator", "  threat_russia:\n", "  exercises:  # a pool\n", "names an indicator too", "another name"),
        ("indicator_named_like_lineage", "  exercises_naval:\n", "  exercises_rows:  # naval\n", "names the rows behind", "another"),
        ("indicator_named_like_results", "  exercises_naval:\n", "  pool_military:\n", "names the results of the pool", "another"),
        ("juncture_named_all", "- id: thaad ", "- id: all ", "a juncture has the id 'all'", "another id", "- id: all "),
        ("lead_follows_itself", "leader: threat_russia, instead", "leader: military, instead", "outcome and leader", "two",
         "leader: military"),
        ("lead_of_nothing", "leader: threat_russia, instead", "leader: thread_russia, instead", "no pool or indicator",
         "'threat_russia'", "thread_russia"),
        ("recoded_juncture_unknown", "{juncture: thaad, first", "{juncture: taad, first", "no juncture 'taad'", "'thaad'"),
        ("recoded_year_outside", "first_treated: 2016}", "first_treated: 2061}", "outside the study's", "Correct the year"),
        ("recoded_named_like_a_model", "    thaad_2016: {", "    quadratic: {", "a model that every study", "another name"),
        ("slope_start_outside", "slope: {start: 2005", "slope: {start: 205", "outside the study's", "Correct the year"),
        ("vintage_column_unknown", "{column: vintage, main: 2022-03", "{column: vintages, main: 2022-03",
         "no column 'vintages'", "'vintage'"),
        ("control_of_two_kinds", "control: {label: median of the other partners, median_over: partner}, peers: {label: other"
         " partners, over: partner}}\n  event_relations_gdelt", "control: {label: x, median_over: partner, replace: {partner:"
         " USA}}}\n  event_relations_gdelt", "either 'replace' or", "Give replace", "label: x, median_over"),
        ("peers_without_own_value", "peers: {label: other dyads, over: dyad}", "peers: {label: other dyads, over: year}",
         "does not name the one value", "Add 'year: value'"),
        ("frequency_twice", "columns: [visit_id]}, frequency: quarter, also: [year]", "columns: [visit_id]}, frequency: quarter,"
         " also: [quarter]", "given twice", "other frequencies"),
        ("yearly_table_by_month", "[visits_and_port_calls_all_partners], blank: zero}, frequency: year",
         "[visits_and_port_calls_all_partners], blank: zero}, frequency: month", "too coarsely", "frequency: year"),
        ("log_of_a_count", "{kind: count}, frequency: year, earliest: 1990, scale: sqrt", "{kind: count}, frequency: year,"
         " earliest: 1990, scale: log", "a count is tested on the log scale", "scale: sqrt"),
        study="china_russia",
    ),
]  # fmt: skip
