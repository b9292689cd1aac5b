"""What the figure of size and power must show."""

import pytest
from invented_results import calibration, verdict_rates
from matplotlib.colors import to_hex
from test_figures import draw, words_in

from junctures.inference.simulate import OWN, TRUTHS, WORDS
from junctures.report import figures_power, style
from junctures.report.model_checks import MODEL_CHECKS


def columns(**changes):
    """Return the axes by what they show: step and mean step, the four of power, and the three of the rules."""
    axes = [each for each in draw("size_and_power", **changes).figure.axes if each.axison]
    return axes[:2], axes[2:6], axes[6:]


def test_size_is_the_largest_over_junctures_and_power_the_smallest():
    sizes = figures_power.sizes_of(calibration()).set_index(["id", "estimand", "truth"])["rate"]
    assert sizes["drills", "step", OWN] == pytest.approx(7)
    assert sizes["drills", "mean_step", OWN] == pytest.approx(3)
    assert sizes["drills", "step", "logistic"] == pytest.approx(21)
    powers = figures_power.powers_of(calibration()).set_index(["id", "estimand", "effect"])["rate"]
    assert powers["drills", "step", 2] == pytest.approx(44)


def test_own_size_has_its_monte_carlo_interval_and_five_is_marked():
    (step, _), _, _ = columns()
    widths = [sorted(line.get_xdata()) for line in step.get_lines() if line.get_linewidth() == 0.9]
    assert len(widths) == 6  # a row a design, pools among them
    assert widths[0] == pytest.approx([7 - 1.96, 7 + 1.96])
    assert any(list(line.get_xdata()) == [5, 5] for line in step.get_lines())


def test_each_other_truth_has_a_marker_of_its_own_in_every_row():
    assert set(figures_power.LOOKS) == set(TRUTHS) - {OWN}
    markers = [marker for marker, _ in figures_power.LOOKS.values()]
    assert len(set(markers)) == len(markers)
    (step, mean), _, _ = columns()
    for axes in (step, mean):
        small = [line for line in axes.get_lines() if line.get_markersize() == 2.2]
        assert len(small) == 6 * len(markers)
    words = words_in(draw("size_and_power").figure)
    assert all(WORDS[truth] in words for truth in figures_power.LOOKS)


def test_bars_of_power_begin_at_zero_and_grow_with_the_effect():
    _, powers, _ = columns()
    bars = [[patch for patch in axes.patches if to_hex(patch.get_facecolor()).upper() == style.SKY] for axes in powers]
    assert [len(each) for each in bars] == [6] * 4
    assert all(bar.get_x() == 0 for each in bars for bar in each)
    assert [each[0].get_width() for each in bars] == pytest.approx([24, 44, 64, 84])


def test_every_kind_of_claim_has_a_marker_and_points_are_not_joined():
    assert set(figures_power.KINDS) == set(MODEL_CHECKS)
    markers = [marker for marker, _ in figures_power.KINDS.values()]
    assert len(set(markers)) == len(markers)
    _, _, rules = columns()
    for axes, column in zip(rules, ("supported", "cannot_tell", "wrong"), strict=True):
        lines = axes.get_lines()
        assert {line.get_linestyle() for line in lines} == {"None"}
        assert sum(len(line.get_xdata()) for line in lines) == 10 * 5  # without the row over all claims
        drawn = sorted(y for line in lines for y in line.get_ydata())
        own = verdict_rates().query("claim != 'any'")
        assert drawn == pytest.approx(sorted(100 * own[column]))


def test_points_of_an_effect_lie_nearer_to_its_tick_than_to_any_other():
    places = figures_power.places_of(verdict_rates())
    assert len(set(places.values())) == 10
    assert max(abs(place) for place in places.values()) < 0.5


def test_pools_and_frequencies_have_heads_and_each_row_its_n():
    words = words_in(draw("size_and_power").figure)
    for head in ("Indices (pools)", "Annual series", "Quarterly series", "Monthly series"):
        assert words.count(head) == 1
    assert (words.count("22"), words.count("88"), words.count("264")) == (4, 1, 1)


def test_study_without_tested_claims_has_no_second_part():
    whole = draw("size_and_power")
    alone = draw("size_and_power", verdict_rates=verdict_rates().iloc[:0])
    assert len(alone.figure.axes) == len(whole.figure.axes) - 4
    assert alone.figure.get_size_inches()[1] < whole.figure.get_size_inches()[1]
    assert "supported" not in alone.alt + alone.caption
    assert style.find_overlaps(alone.figure) == []
