"""Damages of claims.yaml: words that lack, kinds and names that do not exist, entries given twice."""

from harness import Damage, Refusal, refused, same_values

CLAIMS = "claims.yaml"
VAN_KIND = '    dimension: bound\n    kind: effect\n    quotes:\n      - {place: abstract, text: "Thus'
QUOTE = '    quotes:\n      - {place: abstract, text: "Thus, for those directly affected by the law, there have been substantial reductions."}\n'
MEMBER = "        - {indicator: van_drivers, model: primary, estimand: step, juncture: law}"
SHOWN = "        - {indicator: van_drivers, model: quasi_poisson, estimand: step, juncture: law}"
FIRST = "  - id: van_drivers_fall\n"


def claims(group: str, *cases: tuple, study: str = "seat_belts"):
    """Return the damages of a class in claims.yaml."""
    return refused(group, CLAIMS, list(cases), study)


def member(key: str, value: str) -> str:
    """Return the deciding row of the first claim with another value of a key."""
    return (
        "        - {"
        + ", ".join(
            f"{name}: {value if name == key else old}"
            for name, old in (
                ("indicator", "van_drivers"),
                ("model", "primary"),
                ("estimand", "step"),
                ("juncture", "law"),
            )
        )
        + "}"
    )


def rewrite(make):
    """Return a harm that writes what a function makes of the text of claims.yaml."""

    def harm(root) -> None:
        path = root / CLAIMS
        path.write_text(make(path.read_text(encoding="utf-8")), encoding="utf-8")

    return harm


DAMAGES = [
    *claims(
        "claims: entries",
        ("claim_without_quote", QUOTE, "", "'quotes' is missing", "Add 'quotes'", "id: van_drivers_fall"),
        ("claim_with_empty_quotes", QUOTE, "    quotes: []\n", "cannot stand here", "at least 1"),
        ("quote_without_text", QUOTE, "    quotes:\n      - {place: abstract}\n", "'text' is missing", "Add 'text'",
         "{place: abstract}"),
        ("quote_is_text", QUOTE, '    quotes: "Thus, for those"\n', "stands alone", "Write ["),
        ("claim_key_misspelt", "    statement: \"With the law fewer van", "    statment: \"With the law fewer van",
         "'statment' is unknown", "'statement'", "statment"),
        ("claim_twice", "  - id: car_drivers_fall\n", "  - id: van_drivers_fall  # again\n", "is given twice", "of its own"),
        ("claim_id_with_slash", FIRST, "  - id: ../van\n", "'../van' is no id", "small letters"),
        ("claim_id_of_device", FIRST, "  - id: aux\n", "'aux' is no id", "no name of a device"),
        ("claim_is_text", FIRST, "  - a claim\n  - id: van_drivers_fall\n", "a block of keys", "keys id, section", "- a claim"),
        ("stated_is_text", "    section: abstract\n    stated: false", '    section: abstract\n    stated: "no"',
         "'no' cannot stand here", "boolean", '"no"'),
        ("section_with_point", "    section: abstract\n    stated: false", "    section: 3.10\n    stated: false",
         "the number 3.1", "quotation marks", "3.10"),
        ("claim_of_no_juncture", "    juncture: law\n    dimension: bound\n    kind: effect\n    quotes:\n      - {place: abstract,"
         " text: \"Thus", "    juncture: lawn\n    dimension: bound\n    kind: effect\n    quotes:\n      - {place: abstract,"
         " text: \"Thus", "no juncture 'lawn'", "'law'", "lawn"),
        ("claim_of_no_dimension", VAN_KIND, VAN_KIND.replace("bound", "bund"), "no dimension 'bund'", "'bound'", "bund"),
        ("claim_without_check", "      kind: effect\n      sign: positive\n      members:\n        - {indicator: rear_passengers,"
         " model: primary, estimand: step, juncture: law}\n", "", "cannot stand here", "dictionary", 49),
    ),
    *claims(
        "claims: checks",
        ("kind_unknown", VAN_KIND, VAN_KIND.replace("effect", "efect"), "'efect' is no valid value", "'effect'", "efect"),
        ("kinds_differ", "      kind: effect\n      sign: positive", "      kind: mean_step\n      sign: positive",
         "the check's kind is 'mean_step'", "kind: effect", "kind: mean_step"),
        ("sign_unknown", "sign: positive", "sign: up", "'up' is no valid value", "positive"),
        ("check_key_misspelt", "      sign: positive\n", "      sing: positive\n", "'sing' is unknown", "'sign'"),
        ("check_without_members", "      members:\n" + MEMBER + "\n      shown:", "      shown:", "'members' is missing",
         "Add 'members'", 14),
        ("member_of_no_indicator", MEMBER, member("indicator", "lorry_drivers"), "no indicator or pool", "drivers"),
        ("member_of_no_model", MEMBER, member("model", "Primary"), "'Primary' is no id", "small letters"),
        ("member_of_no_estimand", MEMBER, member("estimand", "stpe"), "no estimand 'stpe'", "'step'"),
        ("member_of_no_juncture", MEMBER, member("juncture", "lwa"), "no juncture 'lwa'", "'law'"),
        ("member_lacks_juncture", MEMBER, MEMBER.replace(", juncture: law", ""), "'juncture' is missing", "Add 'juncture'"),
        ("member_is_text", MEMBER, "        - van_drivers", "cannot stand here", "dictionary"),
        ("shown_of_no_indicator", SHOWN, SHOWN.replace("van_", "lorry_"), "no indicator or pool", "drivers"),
        ("shown_of_no_estimand", SHOWN, SHOWN.replace("step", "gap_9"), "no estimand 'gap_9'", "gap"),
    ),
    *claims(
        "claims: rules on the records of a larger study",
        ("staged_of_no_pool", "      indicator: military\n      model: pool_military\n      junctures: [pivot, ukraine, thaad]\n      shown:",
         "      indicator: militray\n      model: pool_military\n      junctures: [pivot, ukraine, thaad]\n      shown:",
         "no indicator or pool 'militray'", "'military'", "militray"),
        ("rank_at_no_juncture", "      indicator: military\n      model: pool_military\n      junctures: [pivot, ukraine, thaad]\n      shown:",
         "      indicator: military\n      model: pool_military\n      junctures: [pivot, crimea, thaad]\n      shown:",
         "no juncture 'crimea'", "pivot", "crimea"),
        study="china_russia",
    ),
    Damage("claims_empty", "claims: the file", "seat_belts", rewrite(lambda text: ""),
           Refusal(CLAIMS, 1, "no list 'claims'", "Begin with 'claims:'")),
    Damage("claims_no_list", "claims: the file", "seat_belts", rewrite(lambda text: "claims: none\n"),
           Refusal(CLAIMS, 1, "no list 'claims'", "Begin with 'claims:'")),
    Damage("claims_other_key", "claims: the file", "seat_belts", rewrite(lambda text: text + "claim: []\n"),
           Refusal(CLAIMS, 54, "'claim' is unknown", "'claims'")),
    Damage("claims_missing", "claims: the file", "seat_belts", lambda root: (root / CLAIMS).unlink(),
           Refusal(CLAIMS, 0, "the file is missing", "Restore claims.yaml")),
    Damage("claims_in_utf_16", "claims: the file", "seat_belts",
           lambda root: (root / CLAIMS).write_text((root / CLAIMS).read_text(encoding="utf-8"), encoding="utf-16"),
           Refusal(CLAIMS, 1, "not UTF-8", "Save it as UTF-8")),
    Damage("claims_with_windows_line_ends", "claims: other ways to write the same", "seat_belts",
           lambda root: (root / CLAIMS).write_bytes((root / CLAIMS).read_bytes().replace(b"\n", b"\r\n")), accepted=same_values),
    Damage("claims_with_comments", "claims: other ways to write the same", "seat_belts",
           rewrite(lambda text: text.replace("    check:", "    # the rule\n\n    check:")), accepted=same_values),
    Damage("claims_keys_sorted", "claims: other ways to write the same", "seat_belts",
           rewrite(lambda text: text.replace("    section: abstract\n    stated: false\n", "    stated: false\n    section: abstract\n")),
           accepted=same_values),
]  # fmt: skip
