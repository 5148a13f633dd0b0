from datetime import date, timedelta

from helpdesk.supervision import plot

DAY = date(2026, 3, 2)


def test_without_any_the_plot_is_empty_but_has_its_days() -> None:
    drawn = plot.draw([(DAY, {}), (DAY + timedelta(days=1), {})])

    assert (drawn.bars, drawn.top, drawn.total) == ((), 1, 0)
    assert (drawn.first, drawn.last) == (DAY, DAY + timedelta(days=1))


def test_bars_stand_upon_each_other_and_fill_the_height_on_the_highest_day() -> None:
    drawn = plot.draw([(DAY, {"a": 1, "b": 3}), (DAY + timedelta(days=1), {"b": 1})])

    low, high, other = drawn.bars
    assert (low.y + low.height, high.y + high.height) == (plot.HEIGHT, low.y)
    assert high.y == 0
    assert (other.x > high.x, other.height) == (True, plot.HEIGHT / 4)
    assert (drawn.top, drawn.total) == (4, 5)
