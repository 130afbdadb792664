"""What the log says of a failure: where in the program and which kind of error, and nothing that anybody sent.

An error's own message may hold a serial, an answer or the parameters of a statement, and an address holds a serial.
None of these may stand in a log, which is kept elsewhere and read by others than the answers are.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from flask import Flask, request

ErrorInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


class QuietFlask(Flask):
    """Flask, except that its log names the endpoint instead of the address, and no message of an error."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger.addFilter(_take_values_out)

    def log_exception(self, exc_info: ErrorInfo) -> None:
        """Log that a request failed."""
        if exc_info[1] is not None:
            self.logger.error("%s %s failed\n%s", request.method, request.endpoint, show_error(exc_info[1]))


def show_error(error: BaseException) -> str:
    """The kinds of an error and of what led to it, each with its lines of code; no message, no value."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    shown = [f"{type(error).__module__}.{type(error).__qualname__}\n{lines}"]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        shown.insert(0, show_error(cause))
    return "\n".join(shown)


def quiet_server_log() -> None:
    """Have the web server's own log keep addresses and messages of errors to itself as well, and how many wait in line:
    a line for each of sixty phones that come at once is no news for whoever looks at the terminal.
    """
    logging.getLogger("waitress").addFilter(_take_values_out)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _take_values_out(record: logging.LogRecord) -> bool:
    said, is_cut, _ = record.getMessage().partition(" while serving ")  # waitress goes on with the address
    if record.exc_info and record.exc_info[1] is not None:
        said += f"\n{show_error(record.exc_info[1])}"
    elif not is_cut:
        return True
    record.msg, record.args, record.exc_info, record.exc_text = said, (), None, None
    return True
