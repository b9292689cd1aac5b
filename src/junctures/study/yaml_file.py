"""YAML files read with the line of every entry, so that a problem can be told where it stands."""

from pathlib import Path

import yaml

from junctures.study.problems import Problem

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
READABLE = "the file cannot be read, so nothing of the study is known"
DEEPEST = 50  # blocks within blocks; the studies that ship have 14
LONGEST = 20_000  # characters of one value; the studies that ship have 900


def read_yaml(path: Path, name: str) -> tuple[object, dict[tuple, int], list[Problem]]:
    """Return the content of a YAML file, the line of every entry by its path of keys, and what is wrong with it.

    `name` is the path within the study as problems show it. A key given twice is a problem, where plain YAML keeps
    the last. The content is None where the file cannot be read at all.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None, {}, [Problem(name, 0, "", "the file is missing", READABLE, f"Restore {name} from git.")]
    except OSError as error:
        what = f"the file cannot be opened ({error.strerror})"
        return None, {}, [Problem(name, 0, "", what, READABLE, "Put a file in this place that you may read.")]
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, {}, [Problem(name, line, "", "the file is not UTF-8 text", READABLE, "Save it as UTF-8.")]
    loader = LOADER(text)
    try:
        if problem := _unneeded(text, name):
            return None, {}, [problem]
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = f"this is not valid YAML: {getattr(error, 'problem', None) or error}"
        remedy = "Mend the line (indent with spaces, close every bracket and quotation mark, a space after each colon)."
        return None, {}, [Problem(name, mark.line + 1 if mark else 0, "", what, READABLE, remedy)]
    finally:
        loader.dispose()
    reader = _Reader(loader, name)
    return reader.build(node, ()), reader.lines, reader.problems


def line_of(lines: dict[tuple, int], path: tuple) -> int:
    """Return the line of an entry, or of the nearest entry above it that has one."""
    path = tuple(path)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _unneeded(text: str, name: str) -> Problem | None:
    """Return the first thing in a YAML text that no study needs and that could harm who reads it, or None.

    Aliases of aliases fill any memory, tags may make objects. The text is seen as a flat stream: nothing is built.
    """
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            why = "an entry that stands for another hides what it says, and many of them fill any memory"
            remedy = "Write the entry out in each place; put a text that begins with & or * in quotation marks."
            return Problem(name, line, "", f"'{sign}{anchor}' is an anchor or alias of YAML", why, remedy)
        if tag:
            why = "it could make something else than text, numbers and dates of the entry"
            remedy = "Remove it; put a text that begins with an exclamation mark in quotation marks."
            return Problem(name, line, "", f"'{tag[:60]}' is a tag of YAML", why, remedy)
        if depth > DEEPEST:
            why = "nothing of a study lies so deep, and reading it could end the program"
            remedy = "Close the brackets that were left open."
            return Problem(name, line, "", f"there are more than {DEEPEST} blocks within each other", why, remedy)
        if len(getattr(event, "value", "")) > LONGEST:
            why = "no text of a study is so long: a quotation mark may have been left open"
            remedy = "Close the quotation mark, or shorten the text."
            return Problem(name, line, "", f"a value has more than {LONGEST:,} characters", why, remedy)
    return None


class _Reader:
    """Builds plain values from nodes; an impossible date stays text, so that its own check can speak of it."""

    def __init__(self, loader, name: str) -> None:
        self.loader, self.name = loader, name
        self.lines: dict[tuple, int] = {}
        self.problems: list[Problem] = []

    def build(self, node, path: tuple):
        """Return the plain value of a node and note its line."""
        if node is None:
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            return self.loader.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            return node.value

    def _mapping(self, node, path: tuple) -> dict:
        result = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.start_mark)
            place = (*path, key)
            if key in result:
                what = f"the key '{key}' is given twice"
                why = "only one of the two can count, and a reader cannot know which"
                line = key_node.start_mark.line + 1
                self.problems.append(Problem(self.name, line, dotted(place), what, why, "Keep one of them."))
            self.lines[place] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, place)
        return result


def dotted(path: tuple) -> str:
    """Return a path of keys as text, positions in lists in square brackets."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
