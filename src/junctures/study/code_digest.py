"""Digests of code that change with what it does and not with comments, docstrings, layout or Python's version."""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from junctures.study.problems import Problem, StudyError

PACKAGE = "junctures"


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_code(source: str) -> str:
    """Return a digest of the syntax tree of Python source, without docstrings, comments and positions.

    An own walk: `ast.dump` differs between Python versions. Raises SyntaxError.
    """
    return digest_text("".join(_walk(ast.parse(source))))


def digest_rules(code: Path) -> str:
    """Return a digest of the Snakefile and the rule files in a folder, without blank lines and lines of comment."""
    paths = [code / "Snakefile", *sorted((code / "workflow" / "rules").glob("*.smk"))]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.is_file()]
    lines = [line.rstrip() for text in texts for line in text.splitlines()]
    return digest_text("\n".join(line for line in lines if line and not line.lstrip().startswith("#")))


def _walk(node: object) -> Iterator[str]:
    """Yield the parts of a tree as text; empty fields are left out, since versions of Python add such fields."""
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name in sorted(node._fields):
            value = getattr(node, name, None)
            if name == "body" and isinstance(value, list):
                value = _without_docstring(node, value)
            if isinstance(node, ast.JoinedStr):
                # Python 3.12 puts an empty text after some fields; it says nothing.
                value = [each for each in value if not (isinstance(each, ast.Constant) and each.value == "")]
            if value is None or value == [] or name in ("kind", "type_comment", "ctx"):
                if isinstance(node, ast.Constant) and name == "value":
                    yield " value=None"
                continue
            yield f" {name}="
            yield from _walk(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for each in node:
            yield from _walk(each)
            yield ","
        yield "]"
    else:
        yield f"{type(node).__name__}:{node!r}"


def _without_docstring(node: ast.AST, body: list) -> list:
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    if documented and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:] if isinstance(body[0].value.value, str) else body
    return body


def imported_names(source: str, module: str = "") -> set[str]:
    """Return every dotted name that source imports anywhere in it, also inside functions.

    `from a import b` gives a and a.b, since b may be a module. `module` is the source's own name, for relative imports.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, base]).strip(".")
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return names


def _files_beside(path: Path) -> str:
    """Return the digest of all files in the folder that bears a module's name, such as its templates; else nothing."""
    folder = path.with_suffix("")
    if path.name == "__init__.py" or not folder.is_dir():
        return ""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and each.suffix != ".pyc"]
    return digest_text("".join(f"{each.name} {hashlib.sha256(each.read_bytes()).hexdigest()}\n" for each in files))


class Modules:
    """The modules of the package, each read once; what is known of an unchanged file comes from `cache`.

    `folder` holds the package, `scripts` helpers that stand beside the scripts. After use `cache` holds what was read.
    """

    def __init__(self, folder: Path, scripts: Path, cache: Mapping[str, Mapping] | None = None) -> None:
        self.folder, self.scripts, self.known = folder, scripts, dict(cache or {})
        self.cache: dict[str, dict] = {}
        self._facts: dict[Path, dict] = {}
        self._paths: dict[str, Path | None] = {}

    def read(self, path: Path, module: str) -> dict:
        """Return digest and imported names of a file; raise StudyError where it is not valid Python."""
        if path not in self._facts:
            text = path.read_text(encoding="utf-8")
            beside = _files_beside(path)
            key = digest_text(f"{module}\n{text}{beside}")
            found = self.known.get(key)
            if found is None:
                try:
                    digest = digest_text(digest_code(text) + beside) if beside else digest_code(text)
                    found = {"digest": digest, "imports": self._ours(imported_names(text, module))}
                except SyntaxError as error:
                    what = f"this is not valid Python: {error.msg}"
                    why = "every job that uses the file would fail"
                    place, code = path.resolve(), self.folder.resolve().parents[1]
                    name = (place.relative_to(code) if place.is_relative_to(code) else path).as_posix()
                    problem = Problem(name, error.lineno or 0, "", what, why, "Mend the line, or restore it from git.")
                    raise StudyError([problem]) from None
            self.cache[key] = self._facts[path] = found
        return self._facts[path]

    def _ours(self, names: set[str]) -> list[str]:
        """Return the names and their packages that may be files of ours, now or later."""
        parts = [name.split(".") for name in names if name.split(".")[0] == PACKAGE or "." not in name]
        return sorted({".".join(each[:i]) for each in parts for i in range(1, len(each) + 1)})

    def path_of(self, name: str) -> Path | None:
        """Return the file of a dotted name: a module or package of ours, or a helper beside the scripts; else None."""
        if name not in self._paths:
            places = [self.scripts / f"{name}.py"]
            if name == PACKAGE or name.startswith(PACKAGE + "."):
                place = self.folder.parent.joinpath(*name.split("."))
                places = [place.with_suffix(".py"), place / "__init__.py"]
            self._paths[name] = next((each for each in places if each.is_file()), None)
        return self._paths[name]

    def used_by(self, script: Path) -> dict[str, str]:
        """Return name -> digest of a script and of every module that it uses, by whatever way."""
        used, waiting = {}, [(f"script {script.stem}", script)]
        while waiting:
            name, path = waiting.pop()
            if name in used:
                continue
            facts = self.read(path, f"{name}.__init__" if path.name == "__init__.py" else name)
            used[name] = facts["digest"]
            for imported in facts["imports"]:
                found = self.path_of(imported)
                if found is not None and imported not in used:
                    waiting.append((imported, found))
        return used

    def digests(self, folder: Path, prefix: str = "") -> dict[str, str]:
        """Return prefix and name -> digest of all code used, for every Python file in a folder."""
        found = {}
        for script in sorted(folder.glob("*.py")):
            used = self.used_by(script)
            found[prefix + script.stem] = digest_text("\n".join(f"{name} {used[name]}" for name in sorted(used)))
        return found
