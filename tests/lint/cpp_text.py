"""Blanks what is not code in a C++ text, keeping every line and column where it is."""

import re

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
    re.S)


def code_only(text):
    """The text with comments, strings and characters blanked; strings keep their quotes."""

    def blank(found):
        token = found.group()
        blanked = re.sub(r"[^\n]", " ", token)
        return blanked if token.startswith("/") else token[-1] + blanked[1:-1] + token[-1]

    return _TOKEN.sub(blank, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1
