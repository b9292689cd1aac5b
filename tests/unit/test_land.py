"""What the projection and the outline of land must give, by hand values and by places whose ground is known."""

import json

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from junctures.report import land

CENTRE = (90.0, 45.0)
VIEW = (-6400.0, -3000.0, 4700.0, 5050.0)


def area(x, y):
    """Return the signed area of a polygon by the trapezoid formula."""
    return float(np.sum(np.roll(x, 1) * y - x * np.roll(y, 1)) / 2)


def on_land(longitude, latitude):
    """Return whether a point of the view lies in an odd number of rings, on the map: there nothing breaks at 180."""
    point = [float(each) for each in land.project(longitude, latitude, CENTRE)]
    return sum(Outline(ring).contains_point(point) for ring in land.land_in_view(CENTRE, VIEW)) % 2 == 1


def test_centre_maps_to_the_origin_and_a_quarter_turn_to_the_root_of_two():
    assert np.array(land.project(*CENTRE, CENTRE)) == pytest.approx([0, 0], abs=1e-6)  # a millimetre
    # From a pole of the map the equator is the circle of radius R times the root of 2 (Snyder 1987, page 182).
    x, y = land.project([0, 90, 180], [0, 0, 0], (0.0, 90.0))
    assert np.hypot(x, y) == pytest.approx(6371.007 * np.sqrt(2), rel=1e-9)
    assert (x[0], y[0]) == pytest.approx((0, -9009.964), abs=0.001)  # the central meridian runs down
    assert (x[1], y[1]) == pytest.approx((9009.964, 0), abs=0.001)  # east lies to the right


@pytest.mark.parametrize("corner", [(90, 45), (30, 34), (175, 60), (45, 12)])
def test_small_quadrilateral_keeps_its_area(corner):
    west, south = corner
    longitudes = np.array([west, west + 1, west + 1, west])
    latitudes = np.array([south, south, south + 1, south + 1])
    band = np.sin(np.radians(south + 1)) - np.sin(np.radians(south))
    true = 6371.007**2 * np.radians(1) * band
    # Its sides are drawn straight, which at one degree costs far less than 1 %.
    assert area(*land.project(longitudes, latitudes, CENTRE)) == pytest.approx(true, rel=0.01)


@pytest.mark.parametrize(
    ("longitude", "latitude", "expected"),
    [(82.9, 55.0, True), (50.5, 42.0, False), (18.0, 35.0, False), (105.0, 35.0, True), (-175.0, 67.0, True),
     (150.0, 30.0, False)],
    ids=["Novosibirsk", "Caspian Sea", "Mediterranean", "Gansu", "Chukotka beyond 180 degrees", "Pacific"],
)  # fmt: skip
def test_outline_has_land_and_sea_where_they_are(longitude, latitude, expected):
    assert on_land(longitude, latitude) is expected


def test_rings_are_closed_and_their_area_is_that_of_land_without_antarctica():
    total = 0.0
    for ring in land.read_land():
        assert (ring[0] == ring[-1]).all()
        longitudes = np.unwrap(np.radians(ring[:, 0]))
        if abs(longitudes[-1] - longitudes[0]) < 1:  # Antarctica's ring goes round the pole
            total += area(longitudes, np.sin(np.radians(ring[:, 1])))
    # 135 million square kilometres, by the cylindrical equal-area projection and so without ours. The coasts of the
    # scale and the islands that are missing cost some tenths of a per cent; one arc the wrong way round costs more.
    assert abs(total) * 6371.007**2 == pytest.approx(135e6, rel=0.01)


def test_arcs_are_joined_forwards_and_backwards(tmp_path):
    arcs = [[[0, 0], [2, 0]], [[0, 0], [0, 2], [2, 0], [0, -2]]]  # steps: along the bottom; up, across, down
    topology = {
        "transform": {"scale": [0.5, 2], "translate": [10, -1]},
        "arcs": arcs,
        "objects": {"land": {"type": "Polygon", "arcs": [[0, -2]]}},
    }
    (tmp_path / "land.json").write_text(json.dumps(topology), encoding="utf-8")
    (ring,) = land.read_land(tmp_path / "land.json")
    assert ring.tolist() == [[10, -1], [11, -1], [11, 3], [10, 3], [10, -1]]


def test_clipped_ring_keeps_what_is_inside_and_its_sense():
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4], [0, 0]])
    inside = land.clip(square, (1.0, -1.0, 9.0, 2.0))
    assert area(*inside.T) == pytest.approx(3 * 2)
    assert area(*land.clip(square[::-1], (1.0, -1.0, 9.0, 2.0)).T) == pytest.approx(-6)
    assert len(land.clip(square, (5.0, 5.0, 6.0, 6.0))) == 0


def test_view_holds_the_mediterranean_and_the_bering_sea_and_no_land_beyond_the_frame():
    for longitude, latitude in ((-5.3, 36.0), (15, 34), (34.8, 34.8), (175, 58), (-169, 66)):
        x, y = land.project(longitude, latitude, CENTRE)
        assert VIEW[0] < x < VIEW[2] and VIEW[1] < y < VIEW[3]
    points = np.concatenate(land.land_in_view(CENTRE, VIEW))
    slack = 1e-6
    assert (points >= np.array(VIEW[:2]) - slack).all() and (points <= np.array(VIEW[2:]) + slack).all()
