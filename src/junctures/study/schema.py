"""The form of config.yaml: every key with its meaning. What one key says of another is checked in `config`."""

import datetime as dt
import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from junctures.study.periods import frequency_of

# \Z, since $ passes a line break at the end; [0-9], since \d passes the digits of every script
ID = re.compile(r"^[a-z][a-z0-9_]*\Z")
DATE = re.compile(r"^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
FREQUENCIES = ("year", "quarter", "month")


def fault(what: str, remedy: str, at: tuple = ()) -> PydanticCustomError:
    """Return an error in plain words; `at` is the path of keys below the field where it stands."""
    return PydanticCustomError("plain", "{what}", {"what": what, "remedy": remedy, "at": at})


def check_id(value: str) -> str:
    """Return an id that can stand in file names; raise a fault for any other text."""
    if not ID.match(value):
        raise fault(f"'{value}' is no id", "Use small letters, digits and underscores, a letter first.")
    return value


def read_text(value: object) -> object:
    """Return a number or a date that stands where text is meant as its text; leave all else as it is."""
    if isinstance(value, bool):
        raise fault(
            f"YAML reads this word as {str(value).lower()}, not as text", 'Put it in quotation marks ("yes", "no").'
        )
    if isinstance(value, dt.datetime):
        raise fault(f"'{value}' has a time of day", "Write the day alone, as 2014-03-18.")
    if isinstance(value, int | float):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def check_date(value: str) -> str:
    """Return a date text (2014, 2014-03 or 2014-03-18) that the calendar has; raise a fault for any other."""
    match = DATE.match(value) if isinstance(value, str) else None
    if not match:
        raise fault(f"'{value}' is no date", "Write 2014, 2014-03 or 2014-03-18.")
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise fault(f"the calendar has no date '{value}'", "Correct the year, month or day.") from None
    return value


def read_day(value: object) -> object:
    """Return the first day of a date text."""
    text = check_date(read_text(value))
    return dt.date.fromisoformat(text + "-01-01"[: 10 - len(text)] if len(text) < 8 else text)


def check_period(value: str) -> str:
    """Return a period text; raise a fault where it is none."""
    try:
        frequency_of(value)
    except ValueError as error:
        raise fault(f"'{value}' is no period", "Write 2012, 2012Q1 or 2012-01.") from error
    return value


def as_tuple(value: object) -> object:
    """Return a list as a tuple; raise a fault for a single value, which YAML users write by mistake."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, tuple):
        return value
    raise fault(f"'{value}' stands alone where a list is meant", f"Write [{value}].")


def check_where(value: object) -> dict:
    """Return a filter of rows: column -> text, texts or {holds: texts}; `any` of filters; `row_sum` of columns."""
    if not isinstance(value, dict):
        raise fault("a filter is given that is no mapping", "Write {column: value}.")
    return {column: _condition(column, condition) for column, condition in value.items()}


def _condition(column: str, condition: object) -> object:
    if column == "any":
        if not isinstance(condition, list) or not condition:
            raise fault("'any' needs a list of filters", "Write any: [{column: value}, {column: value}].", (column,))
        return tuple(check_where(each) for each in condition)
    if column == "row_sum":
        _check_row_sum(condition)
        return {**condition, "columns": tuple(condition["columns"])}
    if isinstance(condition, dict):
        if list(condition) != ["holds"]:
            raise fault(f"'{', '.join(condition)}' is no condition", "Write {holds: [text, text]}.", (column,))
        return {"holds": _texts(condition["holds"], column)}
    return _texts(condition, column) if isinstance(condition, list) else _texts([condition], column)[0]


def _check_row_sum(condition: object) -> None:
    remedy = "Write row_sum: {columns: [a, b], min: 95, max: 105}."
    if not isinstance(condition, dict) or set(condition) != {"columns", "min", "max"}:
        raise fault("'row_sum' needs exactly columns, min and max", remedy, ("row_sum",))
    numbers = [condition["min"], condition["max"]]
    columns = condition["columns"]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers) or numbers[0] > numbers[1]:
        raise fault("'row_sum' needs numbers, min not above max", remedy, ("row_sum",))
    if not isinstance(columns, list) or not columns or not all(isinstance(c, str) for c in columns):
        raise fault("'row_sum' needs a list of columns", remedy, ("row_sum", "columns"))


def _texts(values: object, column: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values:
        raise fault("a list of values is needed here", "Write [value, value].", (column,))
    try:
        texts = tuple(read_text(each) for each in values)
    except PydanticCustomError as error:
        raise fault(error.context["what"], error.context["remedy"], (column,)) from None
    if not all(isinstance(each, str) for each in texts):
        raise fault("a value is neither text nor a number", 'Write the value of the column; "" for a blank.', (column,))
    return texts


Id = Annotated[str, AfterValidator(check_id)]
Text = Annotated[str, BeforeValidator(read_text)]
Day = Annotated[dt.date, BeforeValidator(read_day)]
DateText = Annotated[str, BeforeValidator(read_text), AfterValidator(check_date)]
Period = Annotated[str, BeforeValidator(read_text), AfterValidator(check_period)]
Frequency = Literal["year", "quarter", "month"]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]
Days = Annotated[tuple[Day, ...], BeforeValidator(as_tuple)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(as_tuple)]
Frequencies = Annotated[tuple[Frequency, ...], BeforeValidator(as_tuple)]
Years = Annotated[tuple[int, ...], BeforeValidator(as_tuple)]
Where = Annotated[dict, BeforeValidator(check_where)]


class Part(BaseModel):
    """A block of the config: strict, frozen, no key that is not named here."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)
    keyed: ClassVar[bool] = False  # whether the id is the key of the block and not written in it


class Window(Part):
    """First and last period."""

    start: Period = Field(description="the first period of the window")
    end: Period = Field(description="the last period of the window; only complete periods count")


class Simulations(Part):
    """Numbers of random draws."""

    power: int = Field(1000, ge=1, description="the number of draws behind each size and power in designs.csv")
    date_rank: int = Field(1999, ge=1, description="the number of simulated series that calibrate a date rank")
    breaks: int = Field(499, ge=1, description="the number of simulated series behind the p of an unknown break")
    calibration: int = Field(1000, ge=1, description="the number of series behind each rate in calibration.csv")
    studies: int = Field(200, ge=1, description="the number of simulated studies that the rules of the claims judge")
    grid: int = Field(10000, ge=1, description="the number of series behind each rate in docs/calibration.md")
    curve: int = Field(499, ge=1, description="the number of null series behind the joint p of a specification curve")


class Settings(Part):
    """What holds for the whole study."""

    id: Id = Field(description="the short name of the study")
    title: str = Field(min_length=1, description="the title of the study, as figures and the paper show it")
    article: str | None = Field(None, description="the key in paper/references.bib of the article that is tested")
    window: Window = Field(description="the periods that every test uses unless a table ends before")
    seed: int = Field(ge=0, description="the number from which, with stable ids, every random draw derives")
    simulations: Simulations = Field(Simulations(), description="how many random draws are made")
    rules_fixed: Day | None = Field(None, description="the day on which the rules were declared")
    version: str = Field(min_length=1, description="the version of the study, in every figure's metadata")


class Juncture(Part):
    """A date at which a step is tested."""

    id: Id = Field(description="the short name of the juncture, in file names and results for ever")
    label: str = Field(min_length=1, description="the juncture's name as people read it")
    date: Day = Field(description="the main date, from which the first treated period follows")
    alternatives: Days = Field((), description="other defensible dates, shown as rows")


class ConcurrentEvent(Part):
    """Something that happened meanwhile."""

    id: Id = Field(description="the short name of the event")
    label: str = Field(min_length=1, description="the event's name as figures show it")
    start: DateText = Field(description="when the event began")
    end: DateText = Field(description="when the event ended")
    shaded: bool = Field(False, description="whether figures shade the span")


class Measure(Part):
    """How rows become one number a period."""

    kind: Literal["count", "distinct", "sum", "mean", "value", "difference", "rate", "share"] = Field(
        description="what is made of the rows of a period"
    )
    columns: Texts = Field((), description="the columns that are counted, added up or taken")
    per: Texts = Field((), description="the columns whose sum is the exposure of a rate")
    whole: Where | None = Field(None, description="what replaces the filter in the denominator of a share")
    by: str | None = Field(None, description="the column that tells the two rows of a difference apart")
    of: Texts = Field((), description="the two values of `by` whose difference is taken, first less second")
    absolute: bool = Field(False, description="whether the difference is taken without its sign")
    blank: Literal["zero"] | None = Field(None, description="that a blank cell stands for zero")
    empty: Literal["zero"] | None = Field(None, description="that a period without a row stands for zero")
    divide_by: float | None = Field(None, gt=0, description="what the value is divided by (100 for per cent)")
    counts: bool = Field(False, description="that a value is a count of events, described by a rate ratio")


class Vintages(Part):
    """Several versions of one source."""

    column: str = Field(description="the column that holds the vintage")
    main: Text = Field(description="the vintage that decides")
    others: Texts = Field((), description="the vintages that are shown beside it")


class DeclaredScale(Part):
    """The unit in which effects are compared."""

    value: float = Field(gt=0, description="the declared scale s on the tested scale, at the declared frequency")
    yearly: float | None = Field(None, gt=0, description="s of the yearly series, where its exposure makes it another")
    derivation: Literal["count", "exposure", "controls", "differences"] = Field(description="where s comes from")


class Control(Part):
    """The series that carries what happened meanwhile: one other series, or the median over partners."""

    label: str = Field(min_length=1, description="what the control is, as captions say it")
    replace: Where | None = Field(None, description="what replaces the filter to select the one control series")
    median_over: str | None = Field(None, description="the column whose other values are the partners of a median")
    holding: Texts = Field((), description="that only partners count whose value holds one of these (a dyad's members)")


class Peers(Part):
    """The units whose own series are taken as pseudo-outcomes, where no juncture of the study should show."""

    label: str = Field(min_length=1, description="what the units are, as sentences say it")
    over: str = Field(description="the column whose other values are the units")
    without: Texts = Field((), description="values that are no such unit: a total, or a unit that holds others")


class Indicator(Part):
    """One outcome series."""

    keyed: ClassVar[bool] = True
    id: Id = Field(description="the short name of the indicator: its key")
    label: str = Field(min_length=1, description="the indicator's name as people read it")
    dimension: str = Field(description="the dimension of cooperation that it measures")
    table: str = Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$", description="the table, as source/table in raw/")
    where: Where = Field({}, description="which rows count")
    measure: Measure = Field(description="how rows become one number a period")
    vintages: Vintages | None = Field(None, description="the versions of the source")
    frequency: Frequency = Field(description="the frequency at which the indicator is tested")
    also: Frequencies = Field((), description="further frequencies, as models of their own")
    observed_month: int | None = Field(None, ge=1, le=12, description="the month in which a yearly value is observed")
    earliest: Period = Field(description="the source's first complete period")
    latest: Period | None = Field(None, description="the source's last complete period")
    scale: Literal["sqrt", "log", "arcsine_sqrt", "level"] = Field(description="the scale that is tested")
    reverse: bool = Field(False, description="that a higher value means less cooperation")
    ceiling: float | None = Field(None, description="the highest value that the score can take")
    declared_scale: DeclaredScale = Field(description="the unit s and where it comes from")
    smallest_ratio: float | None = Field(None, gt=1, description="a count's smallest effect of interest, if not 1.5")
    control: Control | None = Field(None, description="the control series")
    peers: Peers | None = Field(None, description="the units taken as pseudo-outcomes")
    models: Texts = Field((), description="further models: slope, or a name under rows.recoded")
    row_of: str | None = Field(None, description="the indicator of which this one is only a row")
    date_rank: bool = Field(False, description="whether the juncture dates are ranked among all sets of dates")
    exploratory: bool = Field(False, description="that no verdict rests on it")
    coverage_flag: str | None = Field(None, description="why its table cannot carry a verdict")


class PoolRow(Part):
    """A pool with other members or another frequency."""

    members: Ids = Field((), description="the members in place of the pool's")
    replace: dict[str, str] = Field({}, description="members that give way to others")
    add: Ids = Field((), description="further members")
    frequency: Frequency | None = Field(None, description="the frequency in place of the pool's")


class Pool(Part):
    """An index over indicators."""

    keyed: ClassVar[bool] = True
    id: Id = Field(description="the short name of the pool: its key")
    label: str = Field(min_length=1, description="the pool's name as people read it")
    frequency: Frequency = Field(description="the frequency of the index")
    window: Window = Field(description="the periods of the index")
    members: Ids = Field(min_length=1, description="the indicators in the index, with equal weights")
    against_controls: bool = Field(False, description="whether members enter as differences to their controls")
    rows: dict[str, PoolRow] = Field({}, description="rows that are shown beside the pool")


class Recoded(Part):
    """One juncture with another first treated year."""

    juncture: str = Field(description="the juncture that begins in another year")
    first_treated: int = Field(description="the first treated year in this model")


class Slope(Part):
    """The model of a slope at one date."""

    start: int = Field(description="the first year of the model")
    years_after_next: int = Field(ge=0, description="how many years after the next juncture it ends")
    other_starts: Years = Field((), description="other first years, as rows")
    other_ends: Years = Field((), description="other last years, as rows")


class Rows(Part):
    """Rows beside the main models."""

    other_end: int | None = Field(None, description="the last year of the window that ends early")
    concurrent_step: int | None = Field(None, description="the year of a further step")
    false_step: int | None = Field(None, description="the year of a step where nothing happened")
    recoded: dict[str, Recoded] = Field({}, description="models with another first treated year")
    slope: Slope | None = Field(None, description="the model of a slope at one date")


class Lead(Part):
    """One series that is said to move before another."""

    keyed: ClassVar[bool] = True
    id: Id = Field(description="the short name of the test: its key")
    label: str = Field("", description="the test's name as people read it")
    outcome: str = Field(description="the pool or indicator that is said to follow")
    leader: str = Field(description="the pool or indicator that is said to move first")
    instead: Ids = Field((), description="leaders in place of the first, as rows")
    window: Window = Field(description="the years of the test")
    smallest_coefficient: float = Field(0.5, gt=0, description="the smallest coefficient of interest")


class Family(Part):
    """Which p-values are adjusted together."""

    over: Literal["pool_steps", "effect_claims"] = Field(description="the tests that form the family")


class Study(Part):
    """A whole study, as config.yaml declares it."""

    study: Settings = Field(description="what holds for the whole study")
    junctures: tuple[Juncture, ...] = Field(description="the dates that are tested, in order")
    concurrent_events: tuple[ConcurrentEvent, ...] = Field((), description="things that happened meanwhile")
    dimensions: dict[str, str] = Field(description="the dimensions of cooperation, in order of display")
    indicators: dict[str, Indicator] = Field(description="the outcome series")
    pools: dict[str, Pool] = Field({}, description="indices over indicators")
    rows: Rows = Field(Rows(), description="rows beside the main models")
    leads: dict[str, Lead] = Field({}, description="tests of one series moving before another")
    families: dict[str, Family] = Field({}, description="families for Holm's adjustment")
