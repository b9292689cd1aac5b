"""Damages of SOURCE.yaml, of raw/SHA256SUMS and of the folder raw: what lacks, contradicts the rows or leads outside."""

import shutil

from harness import Damage, Refusal, edit, refused, same_values, series_of

SOURCE = "raw/road_casualties/SOURCE.yaml"
TABLE = "raw/road_casualties/monthly.csv"
SUMS = "raw/SHA256SUMS"
PLACES = "raw/joint_exercises/places.csv"
SUMMITS = "raw/leader_summits/SOURCE.yaml"


def source(group: str, *cases: tuple):
    """Return the damages of a class in the SOURCE.yaml of the seat-belt study."""
    return refused(group, SOURCE, list(cases))


def done(name: str, group: str, harm, refusal: Refusal, anew: bool = True, study: str = "seat_belts") -> Damage:
    """Return one damage that is no edit of SOURCE.yaml."""
    return Damage(name, group, study, harm, refusal, anew=anew)


def same_numbers(root, unharmed) -> None:
    """Raise AssertionError unless a harmed study makes the same values and the same series."""
    same_values(root, unharmed)
    for name in ("van_drivers", "car_drivers", "rear_passengers"):
        assert series_of(root, name).equals(series_of(unharmed, name)), name


def linked_folder(root) -> None:
    """Put a link to a folder outside the study in the place of the source's folder."""
    outside = root.parent / f"{root.name}_outside"
    shutil.move(root / "raw/road_casualties", outside)
    (root / "raw/road_casualties").symlink_to(outside)


def renamed_source(name: str):
    """Return a harm that renames the source's folder."""
    return lambda root: (root / "raw/road_casualties").rename(root / "raw" / name)


DAMAGES = [
    *source(
        "SOURCE.yaml: what lacks",
        ("licence_missing", "licence: LicenseRef-cited-figures\n", "", "'licence' is missing", "Add 'licence'", 1),
        ("licence_blank", "licence: LicenseRef-cited-figures\n", 'licence: ""\n', "'' cannot stand here", "at least 1"),
        ("licence_misspelt", "licence: Lic", "license: Lic", "'license' is unknown", "'licence'", "license: Lic"),
        ("citation_missing", "citation:\n- harvey_1989\n- durbin_koopman_2001\n- r_datasets\n", "", "'citation' is missing",
         "Add 'citation'", 1),
        ("citation_unknown", "- harvey_1989", "- harvey_1998", "no key of paper/references.bib", "'harvey_1989'"),
        ("limitations_missing", "limitations:\n- Seriously", "notes:\n- Seriously", "'limitations' is missing", "Add", 1),
        ("date_accessed_missing", "date_accessed: '2026-11-24'\n", "", "'date_accessed' is missing", "Add", 1),
        ("date_accessed_impossible", "date_accessed: '2026-11-24'", "date_accessed: 2026-11-31", "no date '2026-11-31'", "Correct"),
        ("unit_missing", "    unit: one row per month\n", "", "'unit' is missing", "Add 'unit'", "  monthly:"),
        ("range_missing", ", range: [500, 5000]", "", "has no 'range'", "Add 'range'", "car_drivers_ksi"),
        ("meaning_missing", "{type: month, meaning: Month of the accidents.}", "{type: month}", "'meaning' is missing", "Add"),
        ("no_columns", "    columns:\n", "    columns: {}\n    colums:\n", "cannot stand here", "at least 1", "columns: {}"),
    ),
    *source(
        "SOURCE.yaml: what cannot be",
        ("source_has_other_id", "id: road_casualties", "id: road_casualty", "not the name of the folder", "id: road_cas"),
        ("type_unknown", "{type: boolean,", "{type: bool,", "'bool' is no valid value", "'boolean'", "type: bool,"),
        ("key_no_column", "key: [month]", "key: [moth]", "no column 'moth'", "'month'"),
        ("time_no_column", "time: month", "time: date", "no column 'date'", ""),
        ("time_no_dates", "time: month", "time: kms", "holds no dates", "type date"),
        ("range_reversed", "range: [500, 5000]", "range: [5000, 500]", "before it begins", "[lowest, highest]", "[5000"),
        ("range_of_one", "range: [500, 5000]", "range: [500]", "a range is two numbers", "[lowest", "[500]"),
        ("range_of_text", "range: [500, 5000]", "range: [few, many]", "a range is two numbers", "[lowest", "[few"),
        ("range_of_no_number", "range: [500, 5000]", "range: [.nan, 5000]", "cannot stand here", "finite", ".nan"),
        ("range_of_truth_value", "{type: boolean,", "{type: boolean, range: [0, 1],", "'range' is given", "Remove", "range: [0, 1]"),
        ("coverage_reversed", "['1969-01', '1984-12']", "['1984-12', '1969-01']", "before it begins", "earlier date first"),
        ("coverage_of_one", "['1969-01', '1984-12']", "['1969-01']", "two dates", "first and the last"),
        ("coverage_without_time", "    time: month\n", "", "not both given", "Give both", "  monthly:"),
        ("category_without_values", "{type: boolean,", "{type: category,", "no 'values'", "List the allowed", "type: category"),
        ("date_without_precision", "{type: month, meaning", "{type: date, meaning", "no 'precision'", "precision: day", "type: date"),
        ("reference_to_no_table", "{type: boolean,", "{type: boolean, reference: roads/all.id,", "no table 'roads/all'", "",
         "reference"),
        ("reference_outside", "{type: boolean,", "{type: boolean, reference: ../../etc/passwd.id,", "no table", "", "reference"),
        ("column_key_unknown", "{type: boolean,", "{type: boolean, units: x,", "'units' is unknown", "'unit'", "units: x"),
    ),
    *source(
        "SOURCE.yaml: names that lead outside",
        ("source_table_above", "  monthly:\n", "  ../monthly:\n", "'../monthly' is no id", "small letters"),
        ("source_table_absolute", "  monthly:\n", "  /etc/passwd:\n", "'/etc/passwd' is no id", "small letters"),
        ("source_table_with_nul", "  monthly:\n", '  "mon\\0thly":\n', "a key is no text", "a short word"),
        ("source_table_of_device", "  monthly:\n", "  con:\n", "'con' is no id", "no name of a device"),
        ("source_table_in_capitals", "  monthly:\n", "  Monthly:\n", "'Monthly' is no id", "small letters"),
        ("source_table_tagged", "{type: boolean,", "{type: !!python/object/apply:os.system [boolean],", "a tag stands here", "Remove it",
         "!!python"),
    ),
    done("coverage_that_rows_contradict", "SOURCE.yaml: what the rows contradict",
         lambda root: edit(root / SOURCE, "['1969-01', '1984-12']", "['1969-02', '1984-12']"),
         Refusal(TABLE, 2, "outside the stated coverage", "coverage")),
    done("range_that_rows_contradict", "SOURCE.yaml: what the rows contradict",
         lambda root: edit(root / SOURCE, "killed., range: [0, 100]", "killed., range: [0, 16]"),
         Refusal(TABLE, 26, "outside the range", "'range'")),
    done("type_that_rows_contradict", "SOURCE.yaml: what the rows contradict",
         lambda root: edit(root / SOURCE, "month: {type: month,", "month: {type: year,"),
         Refusal(TABLE, 2, "is not a year", "Write a year")),
    done("column_not_described", "SOURCE.yaml: what the rows contradict",
         lambda root: edit(root / SOURCE, "      law: {type: boolean, meaning: Whether the seat-belt law was in effect that month.}\n", ""),
         Refusal(TABLE, 1, "'law' is not described", "Describe it")),
    done("column_described_that_is_not_there", "SOURCE.yaml: what the rows contradict",
         lambda root: edit(root / SOURCE, "      law: {type", "      rain: {type: boolean, meaning: Rain.}\n      law: {type"),
         Refusal(TABLE, 1, "'rain' is missing", "Restore it")),
    done("source_missing", "folders and files of raw", lambda root: (root / SOURCE).unlink(), Refusal(SOURCE, 0, "missing", "Restore")),
    done("source_empty", "folders and files of raw", lambda root: (root / SOURCE).write_text(""),
         Refusal(SOURCE, 1, "a block of keys", "keys id, title")),
    done("table_missing", "folders and files of raw", lambda root: (root / TABLE).unlink(),
         Refusal(SOURCE, 13, "has no file", "Restore the file")),
    done("reference_broken", "rows of other tables", lambda root: edit(root / PLACES, "coalition_2003,1,", "coalition_2033,1,"),
         Refusal(PLACES, 2, "coalition_2033", "Correct it"), study="china_russia"),
    done("table_vanished", "checksums", lambda root: (root / PLACES).unlink(),
         Refusal(SUMS, "joint_exercises/places.csv", "places.csv has vanished", "restore"), anew=False, study="china_russia"),
    done("raw_missing", "folders and files of raw", lambda root: shutil.rmtree(root / "raw"),
         Refusal("raw", 0, "the folder is missing", "Restore it"), anew=False),
    done("table_not_described", "folders and files of raw", lambda root: shutil.copy(root / TABLE, root / "raw/road_casualties/daily.csv"),
         Refusal(SOURCE, 12, "daily.csv is not described", "Describe it")),
    done("folder_in_capitals", "folders and files of raw", renamed_source("Road_Casualties"),
         Refusal("raw/Road_Casualties/SOURCE.yaml", 1, "is not the name of the folder", "rename the folder")),
    done("folder_linked", "links", linked_folder, Refusal("raw/road_casualties", 0, "leads out of the study", "copy")),
    done("checksum_wrong", "checksums", lambda root: edit(root / TABLE, "1969-01,12,1687,", "1969-01,13,1687,"),
         Refusal(SUMS, 2, "not the file whose checksum", "make checksums"), anew=False),
    done("checksum_file_missing", "checksums", lambda root: (root / SUMS).unlink(), Refusal(SUMS, 0, "missing", "Restore"), anew=False),
    done("checksum_file_in_utf_16", "checksums", lambda root: (root / SUMS).write_text("x", encoding="utf-16"),
         Refusal(SUMS, 0, "unreadable", "Restore"), anew=False),
    done("checksum_of_no_file", "checksums", lambda root: edit(root / SUMS, "/monthly.csv", "/../../config.yaml"),
         Refusal(SUMS, 2, "has vanished", "make checksums"), anew=False),
    done("checksum_lacks_a_file", "checksums", lambda root: (root / "raw/road_casualties/notes.txt").write_text("x"),
         Refusal("raw/road_casualties/notes.txt", 0, "does not hold this file", "make checksums"), anew=False),
    done("checksum_line_cut", "checksums", lambda root: edit(root / SUMS, "  road_casualties/monthly.csv", ""),
         Refusal(SUMS, 2, "is no checksum and file", "make checksums"), anew=False),
    Damage("source_described_in_other_words", "SOURCE.yaml: other ways to write the same", "seat_belts",
           lambda root: edit(root / SOURCE, "Month of the accidents.", "The month."), accepted=same_numbers),
    Damage("source_with_windows_line_ends", "SOURCE.yaml: other ways to write the same", "seat_belts",
           lambda root: (root / SOURCE).write_bytes((root / SOURCE).read_bytes().replace(b"\n", b"\r\n")), accepted=same_numbers),
    Damage("coverage_unquoted", "SOURCE.yaml: other ways to write the same", "seat_belts",
           lambda root: edit(root / SOURCE, "['1969-01', '1984-12']", "[1969-01, 1984-12]"), accepted=same_numbers),
    Damage("hidden_files_beside", "SOURCE.yaml: other ways to write the same", "seat_belts",
           lambda root: (root / "raw/road_casualties/.DS_Store").write_bytes(b"\0"), accepted=same_numbers),
    Damage("values_no_and_yes_as_keys", "SOURCE.yaml: other ways to write the same", "china_russia",
           lambda root: edit(root / SUMMITS, "values: {'no': stands without the article}", "values: {no: stands without the article}"),
           accepted=same_values),
]  # fmt: skip
