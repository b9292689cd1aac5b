"""Which claims a figure or table bears on: those that rest on what it shows."""

from collections.abc import Iterable, Iterator, Mapping


def words_of(check: object) -> Iterator[str]:
    """Yield every text in a claim's check, keys and values, at any depth."""
    if isinstance(check, str):
        yield check
    elif isinstance(check, Mapping):
        for key, value in check.items():
            yield str(key)
            yield from words_of(value)
    elif isinstance(check, list | tuple):
        for each in check:
            yield from words_of(each)


def bears_on(claim: Mapping, study: Mapping, indicators: Iterable[str], kinds: Iterable[str]) -> bool:
    """Return whether a claim's check is of one of the kinds and rests on one of the indicators or their raw tables.

    `study` is the content of processed/meta/study.json; a pool or lead stands for the indicators that it is made of.
    """
    if claim["check"]["kind"] not in kinds:
        return False
    shown = set(indicators)
    tables = {study["indicators"][name]["table"] for name in shown}
    named = set(words_of(claim["check"]))
    return bool(named & tables) or bool(shown & series_of(named, study))


def series_of(names: Iterable[str], study: Mapping) -> set[str]:
    """Return the indicators among names, with the members of every pool and of both sides of every lead among them."""
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in study["indicators"]:
            found.add(name)
        elif name in study["pools"]:
            waiting += study["pools"][name]["members"]
        elif name in (study.get("leads") or {}):
            waiting += [study["leads"][name][side] for side in ("outcome", "leader")]
    return found
