"""What YAML itself can do to config.yaml: traps of its types, tags, aliases, encodings, sizes; and other ways to write it."""

from collections.abc import Callable

from harness import Damage, Refusal, edit, insert, refused, same_values

CONFIG = "config.yaml"
LABEL = "label: Seat-belt law"
BOMB = "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12))


def config(group: str, *cases: tuple):
    """Return the damages of a class in config.yaml."""
    return refused(group, CONFIG, list(cases))


def file(group: str, *cases: tuple[str, Callable[[bytes], bytes], int, str, str]) -> list[Damage]:
    """Return the damages of a class to the bytes of config.yaml: name, what is made of them, line, what, remedy."""

    def one(name: str, make: Callable[[bytes], bytes], line: int, what: str, remedy: str) -> Damage:
        return Damage(name, group, "seat_belts", lambda root: rewrite(root, make), Refusal(CONFIG, line, what, remedy))

    return [one(*case) for case in cases]


def rewrite(root, make: Callable[[bytes], bytes]) -> None:
    """Write what a function makes of the bytes of config.yaml."""
    path = root / CONFIG
    path.write_bytes(make(path.read_bytes()))


def same(group: str, *cases: tuple) -> list[Damage]:
    """Return rewritings of config.yaml that change no value: name and old and new texts in turn, or a function."""

    def one(name: str, *texts) -> Damage:
        def harm(root) -> None:
            if callable(texts[0]):
                rewrite(root, texts[0])
            for old, new in zip(texts[::2], texts[1::2], strict=False):
                edit(root / CONFIG, old, new)

        return Damage(name, group, "seat_belts", harm, accepted=same_values)

    return [one(*case) for case in cases]


def config_is_folder(root) -> None:
    """Put a folder in the place of config.yaml."""
    (root / CONFIG).unlink()
    (root / CONFIG).mkdir()


def lead(root, text: str) -> None:
    """Put lines before the first key of config.yaml."""
    insert(root / CONFIG, 1, text.rstrip("\n"))


DAMAGES = [
    *config(
        "duplicate keys",
        ("seed_twice", "  seed: 19830131\n", "  seed: 19830131\n  seed: 5\n", "'seed' is given twice", "Keep one", "seed: 5"),
        ("section_twice", "rows:\n", "dimensions: {x: X}  # again\nrows:\n", "'dimensions' is given twice", "Keep one", "again"),
        ("indicator_twice", "  rear_passengers:\n", "  car_drivers:  # again\n", "'car_drivers' is given twice", "Keep one"),
        ("key_twice_in_flow", "scale: sqrt,\n", "scale: sqrt, scale: log,\n", "'scale' is given twice", "Keep one"),
        ("key_twice_once_quoted", "  seed: 19830131\n", '  seed: 19830131\n  "seed": 5\n', "given twice", "Keep one", ": 5"),
    ),
    *config(
        "words that YAML reads as truth or nothing",
        ("label_no", LABEL, "label: NO", "YAML reads this as False", "quotation marks"),
        ("label_yes", LABEL, "label: yes", "YAML reads this as True", "quotation marks"),
        ("label_on", LABEL, "label: On", "YAML reads this as True", "quotation marks"),
        ("label_null", LABEL, "label: null", "'None' cannot stand here", "string"),
        ("label_tilde", LABEL, "label: ~", "'None' cannot stand here", "string"),
        ("label_empty", LABEL, 'label: ""', "'' cannot stand here", "at least 1"),
        ("label_number", LABEL, "label: 1983", "YAML reads this as 1983", "quotation marks"),
        ("date_without_noughts", "date: 1983-01-31", "date: 1983-1-31", "'1983-1-31' is no date", "2014-03-18"),
        ("label_date", LABEL, "label: 1983-01-31", "YAML reads this as 1983-01-31", "quotation marks"),
        ("id_no", "- id: law  ", "- id: no  ", "YAML reads this as False", "quotation marks", "- id: no  "),
        ("filter_no", "{kind: rate, columns: [van_drivers_killed]", "{kind: distinct, columns: [no]", "YAML reads this word",
         '("yes", "no")', "columns: [no]"),
        ("dimension_off", "bound: Bound by the law\n  not", "bound: off\n  not", "the label is no text", "in words",
         "bound: off"),
    ),
    *config(
        "numbers in other notations",
        ("octal", "seed: 19830131", "seed: 010", "YAML reads '010' as the number 8", "decimal"),
        ("hexadecimal", "seed: 19830131", "seed: 0x1F", "YAML reads '0x1F' as the number 31", "decimal"),
        ("binary", "seed: 19830131", "seed: 0b101", "YAML reads '0b101' as the number 5", "decimal"),
        ("sexagesimal", "seed: 19830131", "seed: 12:30", "YAML reads '12:30' as the number 750", "decimal"),
        ("sexagesimal_fraction", "value: 0.00408", "value: 1:30.5", "YAML reads '1:30.5' as the number 90.5", "decimal"),
        ("underscores", "seed: 19830131", "seed: 1983_01_31", "as the number 19830131", "decimal"),
        ("decimal_comma", "value: 0.00408", "value: 0,00408", "the key '00408' is unknown", "a decimal point"),
        ("exponent_without_point", "value: 0.00408", "value: 4e-3", "'4e-3' cannot stand here", "number"),
        ("tagged_octal", "seed: 19830131", 'seed: !!int "010"', "YAML reads '010' as the number 8", "decimal"),
        ("thousands_of_digits", "seed: 19830131", "seed: " + "9" * 5000, "cannot stand here", "integer"),
    ),
    *config(
        "tags",
        ("python_apply", LABEL, "label: !!python/object/apply:os.system [touch harmed]", "a tag stands here", "Remove it"),
        ("python_name", LABEL, "label: !!python/name:os.system x", "a tag stands here", "Remove it"),
        ("python_new", LABEL, "label: !!python/object/new:os.system {args: [x]}", "a tag stands here", "Remove it"),
        ("own_tag", LABEL, "label: !include /etc/passwd", "a tag stands here, !include", "Remove it"),
        ("binary_tag", LABEL, "label: !!binary aGVsbG8=", "a tag stands here, !!binary", "Remove it"),
        ("set_tag", "dimensions:\n", "dimensions: !!set\n", "a tag stands here, !!set", "Remove it", "!!set"),
        ("tag_of_key", LABEL, "!!python/name:os.system label: Law", "a tag stands here", "Remove it"),
    ),
    *config(
        "anchors, aliases and merge keys",
        ("merge_key", "  - {id: breath_tests, ", "  - {<<: {shaded: true}, id: breath_tests, ", "a merge key", "keys out"),
        ("alias_of_nothing", LABEL, "label: *law", "found undefined alias", "Mend the line", 15),
        ("alias_of_itself", LABEL, "label: &law [*law]", "more than 30 deep", "Close"),
    ),
    Damage("alias_bomb", "anchors, aliases and merge keys", "seat_belts", lambda root: lead(root, "a: &a [x]\n" + BOMB),
           Refusal(CONFIG, 4, "repeat more than 100000 entries", "Write the values out")),
    *config(
        "broken syntax",
        ("tab_for_indent", "  seed: 19830131", "\tseed: 19830131", "not valid YAML", "indent with spaces"),
        ("bracket_open", "end: 1984-12}\n", "end: 1984-12\n", "began in line 7", "close every bracket", "seed: 19830131"),
        ("quote_open", 'version: "1.0.0"', "version: '1.0.0", "unexpected end", "quotation mark", 11),
        ("colon_without_space", "  seed: 19830131", "  seed:19830131", "not valid YAML", "a space after", "  simulations:"),
        ("colon_in_text", LABEL, "label: Law: seat belts", "not valid YAML", "Mend the line"),
        ("indent_astray", "  seed: 19830131", "   seed: 19830131", "not valid YAML", "indent"),
        ("two_documents", "\nrows:\n", "\n---\nrows:\n", "another document", "Mend the line", "---"),
        ("key_is_list", LABEL, "[a, b]: Law", "a key is no text", "a short word"),
        ("key_is_block", LABEL, "? {a: 1}\n    : Law", "a key is no text", "a short word", "? {a: 1}"),
        ("key_is_number", "  rear_passengers:\n", "  2:  # two\n", "'2' is no id", "a letter first"),
        ("key_is_nothing", "  rear_passengers:\n", "  ~:  # none\n", "'~' is no id", "a letter first"),
    ),
    *config(
        "depth and size",
        ("thirty_one_deep", LABEL, "label: " + "[" * 40 + "]" * 40, "more than 30 deep", "Close"),
        ("thousand_deep", LABEL, "label: " + "[" * 900 + "]" * 900, "more than 30 deep", "Close"),
        ("five_thousand_deep", LABEL, "label: " + "[" * 5000 + "]" * 5000, "nesting", "Mend the line"),
        ("blocks_deep", LABEL, "label: " + "{a: " * 900 + "1" + "}" * 900, "more than 30 deep", "Close"),
        ("scalar_of_5_mb", LABEL, "label: " + "x" * 5_000_000, "a text of 5000000 characters", "at most 20000"),
        ("key_of_5_mb", LABEL, '? "' + "x" * 5_000_000 + '"\n    : 1', "a key is no text of", "a short word", '? "'),
        ("long_key", LABEL, '"' + "x" * 300 + '": 1', "a key is no text of", "a short word"),
    ),
    *config(
        "characters that no page can show",
        ("nul", LABEL, "label: Seat\x00belt", "U+0000", "Remove it"),
        ("escape", LABEL, "label: Seat\x1b[31mbelt", "U+001B", "Remove it"),
        ("escaped_nul", LABEL, 'label: "Seat\\0belt"', "U+0000", "Remove it"),
        ("escaped_bell", LABEL, 'label: "Seat\\abelt"', "U+0007", "Remove it"),
        ("text_turned_round", LABEL, "label: Seat\u202ebelt", "U+202E", "Remove it"),
        ("escaped_nul_in_key", LABEL, '"la\\0bel": Law', "a key is no text", "a short word"),
    ),
    *file(
        "encodings and empty files",
        ("utf_16", lambda data: data.decode().encode("utf-16"), 1, "not UTF-8", "Save it as UTF-8"),
        ("utf_16_without_mark", lambda data: data.decode().encode("utf-16-le"), 1, "U+0000", "save the file as UTF-8"),
        ("utf_32", lambda data: data.decode().encode("utf-32"), 1, "not UTF-8", "Save it as UTF-8"),
        ("latin_1", lambda data: data.replace(b"Seat-belt law\n", b"S\xe9curit\xe9\n"), 15, "not UTF-8", "Save it as UTF-8"),
        ("empty", lambda data: b"", 1, "the file holds no keys", "Begin with 'study:'"),
        ("comments_alone", lambda data: b"# nothing\n", 1, "the file holds no keys", "Begin with 'study:'"),
        ("a_word_alone", lambda data: b"study\n", 1, "the file holds no keys", "Begin with 'study:'"),
        ("a_list", lambda data: b"- study\n- junctures\n", 1, "the file holds no keys", "Begin with 'study:'"),
        ("binary_rubbish", lambda data: bytes(range(256)), 2, "not UTF-8", "Save it as UTF-8"),
        ("cut_in_the_middle", lambda data: data[: len(data) // 2], 3, "'indicators' is missing", "Add 'indicators:'"),
    ),
    Damage("config_missing", "encodings and empty files", "seat_belts", lambda root: (root / CONFIG).unlink(),
           Refusal(CONFIG, 0, "the file is missing", "Restore config.yaml")),
    Damage("config_is_folder", "encodings and empty files", "seat_belts", config_is_folder,
           Refusal(CONFIG, 0, "no readable file", "Put a file")),
    *same(
        "other ways to write the same",
        ("date_quoted", "date: 1983-01-31", 'date: "1983-01-31"'),
        ("date_tagged", "date: 1983-01-31", "date: !!timestamp 1983-01-31"),
        ("period_quoted", "start: 1969-01", "start: '1969-01'"),
        ("keys_in_other_order", "  id: seat_belts\n", "", "  seed: 19830131\n", "  seed: 19830131\n  id: seat_belts\n"),
        ("sections_in_other_order", "families:\n  effects: {over: effect_claims}\n", "", "rows:\n",
         "families:\n  effects: {over: effect_claims}\nrows:\n"),
        ("comments_and_blank_lines", "junctures:\n", "junctures:  # one\n\n# more\n\n"),
        ("block_for_flow", "{start: 1969-01, end: 1984-12}", "\n    start: 1969-01\n    end: 1984-12"),
        ("flow_for_block", "families:\n  effects: {over: effect_claims}", "families: {effects: {over: effect_claims}}"),
        ("keys_quoted", "  seed: 19830131", '  "seed": 19830131'),
        ("text_folded", LABEL, "label: >-\n      Seat-belt\n      law"),
        ("text_tagged", LABEL, "label: !!str Seat-belt law"),
        ("alias_of_a_text", "earliest: 1969-01, scale: sqrt", "earliest: &first 1969-01, scale: sqrt",
         "earliest: 1969-01, scale: log,\n     declared_scale: {value: 0.109", "earliest: *first, scale: log,\n     declared_scale:"
         " {value: 0.109"),
        ("document_marked", lambda data: b"---\n" + data + b"...\n"),
        ("windows_line_ends", lambda data: data.replace(b"\n", b"\r\n")),
        ("byte_order_mark", lambda data: b"\xef\xbb\xbf" + data),
        ("empty_sections", "rows:\n", "pools: {}\nleads:\nrows:\n"),
        ("more_digits", "value: 0.00408", "value: 0.0040800"),
        ("exponent", "value: 0.00408", "value: 4.08e-3"),
    ),
]  # fmt: skip
