"""Numbers as people say them."""


def duration(seconds: float) -> str:
    """Say a duration, such as ``1 min 12 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def percent(share: float) -> str:
    """Say a share of 0 to 1, such as ``65.3 %``."""
    return f"{100 * share:.1f} %"


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
