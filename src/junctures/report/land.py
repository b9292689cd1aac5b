"""The outline of land for maps, and the equal-area projection in which they are drawn."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

OUTLINE = Path(__file__).with_name("land") / "land_110m.json"  # Natural Earth 4.1.0; see the README beside it
EARTH_RADIUS = 6371.007  # kilometres, of the sphere with the area of the Earth


def read_land(path: Path = OUTLINE) -> list[np.ndarray]:
    """Return the closed rings (points, 2) of all land, longitude and latitude in degrees; a lake's runs the other way.

    `path` is a quantised TopoJSON file with an object `land`: arcs are sums of steps on a grid, and an arc numbered ~i
    is arc i backwards (The TopoJSON Format Specification, on transforms, arcs and arc indexes).
    """
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in topology["arcs"]]
    rings = []
    for numbers in _rings(topology["objects"]["land"]):
        parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
        rings.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    return rings


def _rings(geometry: dict) -> Iterator[list[int]]:
    """Yield the arc numbers of each ring of a polygon, of several, or of a collection."""
    if geometry["type"] == "GeometryCollection":
        for each in geometry["geometries"]:
            yield from _rings(each)
    else:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            yield from polygon


def project(longitude, latitude, centre: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return kilometres east and north of the centre in Lambert's azimuthal equal-area projection of the sphere.

    Longitudes, latitudes and `centre` (longitude, latitude) are in degrees. Snyder (1987), Map Projections: A Working
    Manual, US Geological Survey Professional Paper 1395, equations 24-2, 22-4 and 22-5.
    """
    east = np.radians(np.asarray(longitude, dtype=float) - centre[0])
    north, middle = np.radians(np.asarray(latitude, dtype=float)), np.radians(centre[1])
    cosine = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
    # The antipode of the centre is no point of the map but its whole rim; it is kept from dividing by nought.
    factor = EARTH_RADIUS * np.sqrt(2 / np.maximum(1 + cosine, 1e-12))
    x = factor * np.cos(north) * np.sin(east)
    y = factor * (np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east))
    return x, y


def land_in_view(centre: tuple[float, float], view: tuple[float, float, float, float]) -> list[np.ndarray]:
    """Return the projected rings (points, 2) of land in kilometres, clipped to a view (left, bottom, right, top).

    Rings that lie wholly in the other hemisphere are left out: near the antipode one step crosses the whole map.
    """
    hemisphere = EARTH_RADIUS * np.sqrt(2)
    rings = [np.column_stack(project(ring[:, 0], ring[:, 1], centre)) for ring in read_land()]
    near = [ring for ring in rings if (np.hypot(ring[:, 0], ring[:, 1]) < hemisphere).any()]
    return [clipped for ring in near if len(clipped := clip(ring, view))]


def clip(ring: np.ndarray, view: tuple[float, float, float, float]) -> np.ndarray:
    """Return the part of a ring (points, 2) inside a rectangle (left, bottom, right, top), side by side.

    Sutherland and Hodgman (1974), Reentrant Polygon Clipping; nothing is left where they do not meet.
    """
    left, bottom, right, top = view
    for axis, limit, sign in ((0, left, 1), (1, bottom, 1), (0, right, -1), (1, top, -1)):
        kept = []
        for start, end in zip(np.roll(ring, 1, axis=0), ring, strict=True):
            from_edge, to_edge = sign * (start[axis] - limit), sign * (end[axis] - limit)
            if from_edge * to_edge < 0:
                kept.append(start + (end - start) * from_edge / (from_edge - to_edge))
            if to_edge >= 0:
                kept.append(end)
        ring = np.array(kept).reshape(-1, 2)
        if not len(ring):
            break
    return ring
