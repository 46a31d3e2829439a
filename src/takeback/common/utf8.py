"""Paths and texts are UTF-8 whatever the locale says: a service or a container often has none (`LC_ALL=C`)."""

import codecs
import io
import os
import sys

MODE = "PYTHONUTF8"


def run_as_utf8() -> None:
    """Start this program again in Python's UTF-8 mode if names of files aren't UTF-8; its children inherit that.

    What cannot be shown is escaped: a name of a file may be any bytes, and a message about it must not fail.
    """
    if codecs.lookup(sys.getfilesystemencoding()).name != "utf-8" and os.environ.get(MODE) != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, MODE: "1"})  # noqa: S606  the same program
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
