"""Words of a user reach Markdown as they were typed, and numbers are said as people say them."""

import pytest

from app.shell.wording import escape_markdown
from har_core.wording import counted


@pytest.mark.parametrize(
    "text", ["", "LSTM, seed 3", "msr-action3d", "80 % of it (twice)", "ça 漢字", 'a.b, c; d\'s "e" / f?']
)
def test_words_without_markup_stay_as_they_are(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (":red[x]", r"\:red\[x\]"),
        ("$x$", r"\$x\$"),
        ("<b>x</b>", r"\<b\>x\</b\>"),
        ("**x** _y_ `z`", r"\*\*x\*\* \_y\_ \`z\`"),
        ("- a\n10) b", "\\- a\n10\\) b"),
        ("a\\b", r"a\\b"),
        (":material/home:", "\\:\N{WORD JOINER}material/home\\:"),
        ("www.example.org", "www\N{WORD JOINER}.example.org"),
        ("me@example.org", "me@\N{WORD JOINER}example.org"),
        ("http://x", "http\\:\N{WORD JOINER}//x"),
        ("a->b", "a-\N{WORD JOINER}\\>b"),
    ],
)
def test_markup_is_escaped(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


def test_one_thing_is_counted_in_the_singular_and_none_or_more_in_the_plural() -> None:
    said = [counted(number, "sequence") for number in (0, 1, 2, 12_000)]
    assert said == ["0 sequences", "1 sequence", "2 sequences", "12,000 sequences"]
