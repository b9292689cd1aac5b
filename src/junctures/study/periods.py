"""Calendar of the study: periods as text and as running numbers, and what a date becomes at each frequency."""

import calendar
import datetime as dt
import re

PER_YEAR = {"year": 1, "quarter": 4, "month": 12}
_PATTERNS = {
    "year": re.compile(r"^([12][0-9]{3})\Z"),
    "quarter": re.compile(r"^([12][0-9]{3})Q([1-4])\Z"),
    "month": re.compile(r"^([12][0-9]{3})-(0[1-9]|1[0-2])\Z"),
}
_DATE = re.compile(r"^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?\Z")


def frequency_of(period: str) -> str:
    """Return the frequency (year, quarter or month) that a period text such as 2012, 2012Q1 or 2012-01 has.

    Raises ValueError for any other text.
    """
    for frequency, pattern in _PATTERNS.items():
        if pattern.match(period):
            return frequency
    raise ValueError(f"'{period}' is no period, so it has no place in a series; write 2012, 2012Q1 or 2012-01")


def to_index(period: str) -> int:
    """Return the running number of a period at its own frequency (year; 4 year + quarter - 1; 12 year + month - 1)."""
    frequency = frequency_of(period)
    parts = [int(part) for part in _PATTERNS[frequency].match(period).groups()]
    return parts[0] * PER_YEAR[frequency] + (parts[1] - 1 if len(parts) > 1 else 0)


def from_index(index: int, frequency: str) -> str:
    """Return the period text of a running number at a frequency; inverse of `to_index`."""
    year, part = divmod(int(index), PER_YEAR[frequency])
    return {"year": f"{year}", "quarter": f"{year}Q{part + 1}", "month": f"{year}-{part + 1:02d}"}[frequency]


def span(start: str, end: str) -> list[str]:
    """Return all periods from start to end, both included; none where the end comes first.

    Raises ValueError where the two have different frequencies.
    """
    frequency = frequency_of(start)
    if frequency_of(end) != frequency:
        raise ValueError(
            f"'{start}' and '{end}' have different frequencies: what lies between cannot be counted; write both alike"
        )
    return [from_index(i, frequency) for i in range(to_index(start), to_index(end) + 1)]


def _bounds(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day that a date or period text covers."""
    if len(text) == len("2014-03-18"):
        day = dt.date.fromisoformat(text)
        return day, day
    frequency = frequency_of(text)
    months = 12 // PER_YEAR[frequency]
    first = to_index(text) * months
    last = first + months - 1
    year, month = last // 12, last % 12 + 1
    return dt.date(first // 12, first % 12 + 1, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def first_period(text: str, frequency: str) -> str:
    """Return the first period of a frequency that lies wholly at or after the start of a date or period text."""
    start = _bounds(text)[0]
    period = position(start.isoformat(), frequency)
    return period if _bounds(period)[0] >= start else from_index(to_index(period) + 1, frequency)


def last_period(text: str, frequency: str) -> str:
    """Return the last period of a frequency that is complete by the end of a date or period text."""
    end = _bounds(text)[1]
    period = position(end.isoformat(), frequency)
    return period if _bounds(period)[1] <= end else from_index(to_index(period) - 1, frequency)


def position(date: str, frequency: str) -> str | None:
    """Return the period in which a date falls, or None where the date is known less exactly than the frequency.

    Raises ValueError where the text is no date of the calendar.
    """
    if not _DATE.match(date) or not _exists(date):
        raise ValueError(f"'{date}' is no date, so it falls in no period; write 2014, 2014-03 or 2014-03-18")
    if len(date) == 4:
        return date if frequency == "year" else None
    month = int(date[5:7])
    per_year = PER_YEAR[frequency]
    return from_index(int(date[:4]) * per_year + (month - 1) * per_year // 12, frequency)


def _exists(date: str) -> bool:
    try:
        dt.date.fromisoformat(date + "-01-01"[len(date) - 4 :])
    except ValueError:
        return False
    return True


def first_treated(date: dt.date, frequency: str, observed_month: int | None = None) -> str:
    """Return the first period of which at least half lies on or after a date.

    A yearly observation made in a known month (`observed_month`) is treated if that month is; other frequencies have no
    such month.
    """
    if observed_month is not None and frequency == "year":
        month = first_treated(date, "month")
        return str(int(month[:4]) + (int(month[5:]) > observed_month))
    period = position(date.isoformat(), frequency)
    first, last = _bounds(period)
    on_or_after = (last - date).days + 1
    whole = (last - first).days + 1
    return period if 2 * on_or_after >= whole else from_index(to_index(period) + 1, frequency)
