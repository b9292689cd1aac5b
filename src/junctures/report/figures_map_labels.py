"""Where marks and words of a map go, so that none hides another: in millimetres, and always the same way."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from junctures.report import style

AIR = 0.35  # millimetres between a mark and its label
STRANGER = 0.9  # millimetres between a label and any other mark, so that it is not taken for that one's


WORDS = {"fontsize": style.EDGE, "va": "bottom", "ha": "left", "zorder": 7}


class Box(NamedTuple):
    """A rectangle with sides along the axes, in millimetres."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Return whether two boxes share more than an edge."""
        across = min(self.right, other.right) > max(self.left, other.left)
        return across and min(self.top, other.top) > max(self.bottom, other.bottom)

    def holds(self, other: "Box") -> bool:
        """Return whether another box lies wholly inside."""
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and other.right <= self.right
            and other.top <= self.top
        )


def around(centre: Sequence[float], half: float) -> Box:
    """Return the square box of half a side around a centre."""
    return Box(centre[0] - half, centre[1] - half, centre[0] + half, centre[1] + half)


def box_of(text) -> Box:
    """Return the box of a drawn text on axes whose data are in millimetres."""
    extent = text.get_window_extent(text.figure.canvas.get_renderer())
    return Box(*extent.transformed(text.axes.transData.inverted()).extents)


def set_apart(centres: Sequence[np.ndarray], radii: Sequence[float]) -> list[np.ndarray]:
    """Return centres moved until discs of these radii no longer overlap; each pair parts evenly, one place eastward."""
    moved = [np.array(centre, dtype=float) for centre in centres]
    for _ in range(200):
        still = True
        for i, j in combinations(range(len(moved)), 2):
            way = moved[j] - moved[i]
            distance = float(np.hypot(*way))
            short = radii[i] + radii[j] + AIR / 2 - distance
            if short > 1e-6:
                direction = way / distance if distance > 1e-9 else np.array([1.0, 0.0])
                moved[i] = moved[i] - direction * short / 2
                moved[j] = moved[j] + direction * short / 2
                still = False
        if still:
            break
    return moved


def write_labels(axes, marks: Sequence[Mapping], size: tuple[float, float]) -> list[str]:
    """Write each mark's label beside it where it meets no line or label and no other mark, and return those left out.

    `marks` have at, side, points, off, label; `size` is width and height of the map. What lies off the map comes
    first, since nothing else tells where it is; then what has the fewest places left to stand.
    """
    frame = Box(0.5, 0.5, size[0] - 0.5, size[1] - 0.5)
    steps = np.linspace(0, 1, 41)[1:, None]
    lines = [mark["at"] + steps * (point - mark["at"]) for mark in marks for point in mark["points"]]
    drawn = [around(point, 0.3) for line in lines for point in line]
    places = {}
    for number, mark in enumerate(marks):
        others = [around(each["at"], each["side"] / 2 + STRANGER) for each in marks if each is not mark]
        own = around(mark["at"], mark["side"] / 2)
        free = [box for box in _boxes(axes, mark) if frame.holds(box)]
        places[number] = [box for box in free if not any(box.meets(each) for each in [*drawn, *others, own])]
    left_out = []
    while places:
        number = min(places, key=lambda each: (not marks[each]["off"], len(places[each]), each))
        free = places.pop(number)
        if not free:
            left_out.append(marks[number]["label"])
            continue
        axes.text(*free[0][:2], marks[number]["label"], **WORDS)
        places = {each: [box for box in boxes if not box.meets(free[0])] for each, boxes in places.items()}
    return left_out


def _boxes(axes, mark: Mapping) -> list[Box]:
    """Return the boxes that a mark's label would fill at each of its corners, the better ones first."""
    text = axes.text(0, 0, mark["label"], **WORDS)
    box = box_of(text)
    text.remove()
    width, height = box.right - box.left, box.top - box.bottom
    return [Box(left, bottom, left + width, bottom + height) for left, bottom in _corners(mark, width, height)]


def _corners(mark: Mapping, width: float, height: float) -> list[tuple[float, float]]:
    """Return lower left corners at which a label may stand: right, left, above, below, then shifted ever further."""
    (x, y), half = mark["at"], mark["side"] / 2
    right, left, above, below = x + half + AIR, x - half - AIR - width, y + half + AIR, y - half - AIR - height
    corners = [(right, y - height / 2), (left, y - height / 2), (x - width / 2, above), (x - width / 2, below)]
    for side in (right, left):
        corners += [(side, y + half / 2), (side, y - half / 2 - height)]
    for level in (above, below):
        corners += [(x - half, level), (x + half - width, level), (right - AIR, level), (left + AIR, level)]
    return corners
