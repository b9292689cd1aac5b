"""Ids and tables that would lead outside the study or collide, and code in texts, which must stay text."""

import json

from harness import Damage, edit, refused

LABEL = "label: Seat-belt law"
ID = "- id: law  "
TABLE = "table: road_casualties/monthly,\n     measure: {kind: rate, columns: [van"
# Each would do something if anything took it for code, a path, a pattern or markup.
PAYLOADS = {
    "shell": "$(touch harmed)",
    "backticks": "`touch harmed`",
    "shell_list": "law; touch harmed #",
    "quotes": "law' && touch harmed && echo \"",
    "wildcard": "{wildcards.indicator} {input} {0}",
    "format": "{0.__class__.__mro__} %s %(x)s %n",
    "python": "__import__('os').system('touch harmed')",
    "jinja": "{{ cycler.__init__.__globals__.os.system('touch harmed') }} {% raw %}",
    "typst": "#read(\"/etc/passwd\") #eval(\"1+1\") $x$ @cite <label>",
    "latex": "\\input{/etc/passwd} \\write18{touch harmed} 100% & _x^2",
    "script": "<script>alert(1)</script>",
    "attribute": "\" onload=\"alert(1)\" x='",
    "image": "<img src=x onerror=alert(1)>",
    "markdown": "[law](javascript:alert(1)) ![](http://localhost/x) | a | b |",
    "spreadsheet": "=HYPERLINK(\"http://localhost\",\"law\")",
    "spreadsheet_command": "=cmd|' /C touch harmed'!A1",
    "at_sign": "@SUM(1+1)*cmd|' /C touch harmed'!A0",
    "entity": "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
    "regular_expression": "(a+)+$ .* [",
    "mathtext": "$\\frac{1}{0}$ $unclosed",
    "comment_ends": "--> ]]> */ # </style>",
    "home": "~root ~/.ssh $HOME %PATH%",
}  # fmt: skip


def ids(group: str, *cases: tuple):
    """Return the damages of a class in config.yaml."""
    return refused(group, "config.yaml", list(cases))


def juncture(name: str, value: str):
    """Return the damage of a juncture's id."""
    return (f"id_{name}", ID, f"- id: {json.dumps(value)}  ", "is no id", "small letters", 14)


def indicator(name: str, value: str):
    """Return the damage of an indicator's key."""
    return (f"key_{name}", "  van_drivers:\n", f"  {json.dumps(value)}:\n", "is no id", "small letters", 30)


def table(name: str, value: str):
    """Return the damage of an indicator's table."""
    new = TABLE.replace("road_casualties/monthly", json.dumps(value))
    return (f"table_{name}", TABLE, new, "cannot stand here", "match pattern", 31)


def text(name: str, payload: str) -> Damage:
    """Return the rewriting of a title and a label as code, which must come out as it was written and do nothing."""
    written = json.dumps(payload)  # a YAML text in quotation marks, too

    def harm(root) -> None:
        edit(root / "config.yaml", LABEL, f"label: {written}")
        edit(
            root / "config.yaml",
            'title: "The seat-belt law of 1983 and road casualties in Great Britain"',
            f"title: {written}",
        )
        edit(
            root / "claims.yaml",
            'statement: "With the law fewer van drivers are killed for the distance driven."',
            f"statement: {written}",
        )

    def right(root, unharmed) -> None:
        meta = root / "processed/meta"
        values = json.loads((meta / "study.json").read_text(encoding="utf-8"))
        claims = json.loads((meta / "slices/claims.json").read_text(encoding="utf-8"))
        told = [values["junctures"][0]["label"], values["study"]["title"], claims[0]["statement"]]
        assert told == [payload] * 3
        assert not [path for path in root.rglob("*") if "harmed" in path.name]

    return Damage(f"text_{name}", "code in texts", "seat_belts", harm, accepted=right)


DAMAGES = [
    *ids(
        "ids that are no names of files",
        juncture("above", "../law"),
        juncture("absolute", "/etc/law"),
        juncture("slash", "a/law"),
        juncture("backslash", "a\\law"),
        juncture("dot", "law.csv"),
        juncture("space", "law "),
        juncture("line_break", "law\n"),
        juncture("other_letters", "lаw"),  # the second letter is Cyrillic
        juncture("accent", "läw"),
        juncture("digit_first", "1law"),
        juncture("hyphen", "seat-belt"),
        juncture("empty", ""),
        juncture("wildcard", "{law}"),
        juncture("shell", "$(touch_harmed)"),
        juncture("star", "*"),
        juncture("of_61_letters", "l" * 61),
        juncture("of_10000_letters", "l" * 10000),
        indicator("above", "../../van_drivers"),
        indicator("slash", "van/drivers"),
        indicator("space", "van drivers"),
        indicator("of_61_letters", "v" * 61),
        indicator("python", "__import__('os')"),
    ),
    *ids(
        "names that other systems keep or do not tell apart",
        juncture("con", "con"),
        juncture("nul", "nul"),
        juncture("com1", "com1"),
        juncture("capitals", "LAW"),
        indicator("aux", "aux"),
        indicator("lpt9", "lpt9"),
        indicator("case_alone", "Car_drivers"),
    ),
    *ids(
        "tables outside the study",
        table("above", "../road_casualties/monthly"),
        table("above_twice", "../../etc/passwd"),
        table("absolute", "/etc/passwd"),
        table("through_above", "road_casualties/../monthly"),
        table("with_ending", "road_casualties/monthly.csv"),
        table("backslash", "road_casualties\\monthly"),
        table("drive", "C:/road/monthly"),
        table("address", "http://localhost/monthly"),
        table("line_break", "road_casualties/monthly\n"),
        table("whole_folder", "road_casualties"),
        table("shell", "$(id)/monthly"),
        ("table_of_other_source", TABLE, TABLE.replace("road_casualties", "leader_summits"), "no source", "road_casualties", 31),
        ("table_that_is_no_table", TABLE, TABLE.replace("monthly", "source"), "no table", "monthly", 31),
        ("article_above", "article: harvey_durbin_1986", "article: ../../etc/passwd", "no key of paper", "", 6),
    ),
    *(text(name, payload) for name, payload in PAYLOADS.items()),
]  # fmt: skip
