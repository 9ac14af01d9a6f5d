"""Numbers, times and counts as people say them. Whoever shows one to a user takes it from here."""

PART_TITLES = {"train": "Training", "validation": "Validation", "test": "Test"}


def score_title(part: str, checkpoint: str | None) -> str:
    """Say which accuracy it is, in short: ``Test, best epoch`` is that at the best validation epoch.

    Args:
        part: of the split.
        checkpoint: ``best`` or ``last``; ``refitted`` where those who validated train, too; None of a model
            without epochs.
    """
    if checkpoint == "refitted":
        return f"{PART_TITLES[part]}, refitted"
    return f"{PART_TITLES[part]}, {checkpoint} epoch" if checkpoint else f"{PART_TITLES[part]} accuracy"


def duration(seconds: float) -> str:
    """Say a duration, such as ``17 ms`` or ``1 min 12 s``."""
    if seconds < 1 and round(1000 * seconds) < 1000:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 10 and round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def rough_duration(low: float, high: float) -> str:
    """Say about how long something takes, in two digits, such as ``11 h``, or ``40 to 50 s``.

    Args:
        low: seconds.
        high: seconds; below it the time is a range.
    """
    ends = [_in_largest_unit(low), _in_largest_unit(high)]
    if ends[0] == ends[1]:
        return " ".join(ends[0])
    same_unit = ends[0][1] == ends[1][1]
    return f"{ends[0][0] if same_unit else ' '.join(ends[0])} to {' '.join(ends[1])}"


def _in_largest_unit(seconds: float) -> tuple[str, str]:
    units = ((48 * 3600, 86400, "days"), (90 * 60, 3600, "h"), (90, 60, "min"), (0, 1, "s"))
    size, unit = next((size, unit) for least, size, unit in units if seconds >= least)
    return f"{float(f'{seconds / size:.2g}'):,g}", unit


def seconds(moment: float) -> str:
    """Say a moment, or what is timed to a tenth of a second, such as ``0.5 s``."""
    return f"{moment:.1f} s"


def milliseconds(time: float) -> str:
    """Say a short time in seconds as ``17.4 ms``."""
    return f"{1000 * time:.1f} ms"


def percent(share: float, digits: int = 1) -> str:
    """Say a share of 0 to 1, such as ``65.3 %``."""
    return f"{100 * share:.{digits}f} %"


def mean_and_deviation(mean: float, deviation: float) -> str:
    """Say a mean share and its standard deviation (0 to 1), such as ``65.0 ± 4.6 %``."""
    return f"{100 * mean:.1f} ± {percent(deviation)}"


def points(gain: float, error: float | None = None) -> str:
    """Say a difference of two shares in points of percent, such as ``+9.5`` or ``-1.2 ± 0.8``."""
    said = f"{100 * gain:+.1f}".replace("-0.0", "+0.0")
    return said if error is None else f"{said} ± {100 * error:.1f}"


def interval(low: float, high: float) -> str:
    """Say between which shares (0 to 1) something lies, such as ``57.7 to 71.8 %``."""
    return f"{100 * low:.1f} to {percent(high)}"


def number(value: float) -> str:
    """Say a setting as it is typed: ``2,000``, ``0.001``, ``1e-7``."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value)).replace("e-0", "e-")


def loss(nats: float) -> str:
    """Say a loss: three decimals, and of a small one three digits."""
    return f"{nats:,.3f}" if nats >= 0.1 else f"{nats:.3g}"


def megabytes(size: int) -> str:
    """Say a size in bytes, such as ``6.3 MB``."""
    return f"{size / 1e6:,.1f} MB"


def count_of(correct: int, total: int) -> str:
    """Say the count behind a share, such as ``115 of 176``."""
    return f"{correct:,} of {total:,}"


def counted(number: int, thing: str) -> str:
    """Say how many there are of a thing, such as ``1 sequence`` or ``12 sequences``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def listed(numbers: tuple[int, ...]) -> str:
    """Say numbers, those that follow each other as a range: ``1 to 5, 8``."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    said = []
    for span in spans:
        said += [f"{span[0]} to {span[-1]}"] if len(span) > 2 else [str(number) for number in span]
    return ", ".join(said)
