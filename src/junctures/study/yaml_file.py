"""YAML files read with the line of every entry, so that a problem can be told where it stands."""

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from junctures.study.problems import Problem

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
READABLE = "the file cannot be read, so nothing of the study is known"
TAGS = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
DECIMAL = {
    "int": re.compile(r"-?(0|[1-9][0-9]*)"),
    "float": re.compile(r"-?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
}
# What neither XML nor a page can show, and what turns the direction of the text around it.
UNSHOWABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
LONGEST = 20_000  # characters of one text; the longest that ships has 900
LONGEST_KEY = 200
DEEPEST = 30  # blocks within blocks; the deepest that ships has 9
REPEATED = 100_000  # entries that aliases may repeat, since a few lines of aliases can make billions


def read_yaml(path: Path, name: str) -> tuple[object, dict[tuple, int], list[Problem]]:
    """Return the content of a YAML file, the line of every entry by its path of keys, and what is wrong with it.

    `name` is the path within the study as problems show it. A key given twice is a problem, where plain YAML keeps
    the last. The content is None where the file cannot be read at all.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, {}, [Problem(name, 0, "", "the file is missing", READABLE, f"Restore {name} from git.")]
    except OSError as error:
        remedy = f"Put a file that you may read under the name {name}."
        return None, {}, [Problem(name, 0, "", f"this is no readable file: {error.strerror}", READABLE, remedy)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, {}, [Problem(name, line, "", "the file is not UTF-8 text", READABLE, "Save it as UTF-8.")]
    if found := UNSHOWABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return None, {}, [Problem(name, line, "", _unshowable(found), READABLE, "Remove it; save the file as UTF-8.")]
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        began, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
        what = f"this is not valid YAML: {getattr(error, 'problem', None) or error}"
        if began and (mark is None or "quoted" in (error.context or "")):
            mark = began  # a quotation mark that is not closed is found missing at the end of the file
        elif began and began.line < mark.line:
            what += f" (what is open there began in line {began.line + 1})"
        remedy = "Mend the line (indent with spaces, close every bracket and quotation mark, a space after each colon)."
        return None, {}, [Problem(name, mark.line + 1 if mark else 0, "", what, READABLE, remedy)]
    finally:
        loader.dispose()
    reader = _Reader(loader, name)
    content = reader.build(node, ())
    # What is no plain data is told by itself: what else is wrong with the rest would only follow from it.
    return (None, reader.lines, reader.unusable) if reader.unusable else (content, reader.lines, reader.problems)


def line_of(lines: dict[tuple, int], path: tuple) -> int:
    """Return the line of an entry, or of the nearest entry above it that has one."""
    path = tuple(path)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _unshowable(found: re.Match) -> str:
    return f"the text holds the character U+{ord(found[0]):04X}, which no page can show"


class _Reader:
    """Builds plain values from nodes; an impossible date stays text, so that its own check can speak of it."""

    def __init__(self, loader, name: str) -> None:
        self.loader, self.name = loader, name
        self.lines: dict[tuple, int] = {}
        self.problems: list[Problem] = []
        self.unusable: list[Problem] = []
        self.met: set[int] = set()
        self.repeated = 0

    def build(self, node, path: tuple):
        """Return the plain value of a node and note its line; what is wrong with it is noted, and None returned."""
        if node is None:
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if not self._within_bounds(node, path) or not self._has_plain_tag(node, path):
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _note(self, path: tuple, what: str, why: str, remedy: str, line: int | None = None) -> None:
        line = line or line_of(self.lines, path)
        self.unusable.append(Problem(self.name, line, dotted(path), what, why, remedy))

    def _within_bounds(self, node, path: tuple) -> bool:
        if len(path) > DEEPEST:
            why = "no part of a study is as deep, so brackets or indentation are wrong"
            self._note(path[:3], f"blocks stand more than {DEEPEST} deep in each other", why, "Close the brackets.")
            return False
        self.repeated += id(node) in self.met
        self.met.add(id(node))
        if self.repeated == REPEATED:
            why = "a few such lines can fill the memory of any machine"
            self._note(path[:3], f"aliases (*name) repeat more than {REPEATED} entries", why, "Write the values out.")
        return self.repeated < REPEATED

    def _has_plain_tag(self, node, path: tuple, line: int | None = None) -> bool:
        if node.tag.removeprefix("tag:yaml.org,2002:") in TAGS:
            return True
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        why = "it asks for something to be made of the value, and a study is plain data that runs nothing"
        self._note(
            path, f"a tag stands here, {tag[:80]}", why, "Remove it: write text, numbers and dates plainly.", line
        )
        return False

    def _scalar(self, node, path: tuple):
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if len(node.value) > LONGEST:
            what = f"a text of {len(node.value)} characters stands here"
            self._note(path, what, "no page could show it", f"Use at most {LONGEST} characters.")
            return None
        if found := UNSHOWABLE.search(node.value):
            self._note(path, _unshowable(found), "figures and pages would be broken files", "Remove it.")
            return None
        try:
            value = self.loader.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            return node.value
        if kind in DECIMAL and not DECIMAL[kind].fullmatch(node.value):
            what = f"YAML reads '{node.value}' as the number {value}"
            why = "a number in another notation is mostly a date, a time or a code, and would count as something else"
            remedy = "Write a number in decimal digits alone, or put text in quotation marks."
            self.problems.append(Problem(self.name, line_of(self.lines, path), dotted(path), what, why, remedy))
        return value

    def _mapping(self, node, path: tuple) -> dict:
        result = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or len(key) > LONGEST_KEY or UNSHOWABLE.search(key):
                what = f"a key is no text of at most {LONGEST_KEY} characters that a page can show"
                self._note(path, what, "nothing could be found by it", "Write a short word before the colon.", line)
                continue
            if key_node.tag == "tag:yaml.org,2002:merge":
                why = "which of two values for one key counts could not be seen from the file"
                self._note((*path, key), "a merge key (<<) stands here", why, "Write the keys out.", line)
                continue
            if not self._has_plain_tag(key_node, path, line):
                continue
            place = (*path, key)
            if key in result:
                why = "only one of the two can count, and a reader cannot know which"
                what = f"the key '{key}' is given twice"
                self.problems.append(Problem(self.name, line, dotted(place), what, why, "Keep one of them."))
            self.lines[place] = line
            result[key] = self.build(value_node, place)
        return result


def dotted(path: Iterable) -> str:
    """Return a path of keys as text, positions in lists in square brackets."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
