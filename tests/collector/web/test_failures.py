"""What the log says when something breaks: enough to find the fault, nothing that anybody sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql

from collector.store import Store
from collector.web.failures import quiet_server_log, show_error
from forms.errors import WorkFailed
from forms.serial import show_serial

SECRET = "Lãnh đạo phòng gây khó khăn"


@pytest.fixture
def broken(app: Flask, store: Store) -> FlaskClient:
    """A visitor of a site whose store takes in no text."""
    with store.write() as conn:
        conn.execute(
            sql("CREATE TRIGGER broken BEFORE INSERT ON answer_value BEGIN SELECT RAISE(ABORT, 'broken'); END")
        )
    app.testing = False
    return app.test_client()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


@pytest.mark.parametrize("write", [str, str.lower, show_serial])
def test_a_failed_answer_leaves_no_serial_and_no_answer_in_the_log(
    broken: FlaskClient, desk: Any, caplog: pytest.LogCaptureFixture, write: Callable[[str], str]
) -> None:
    serial = desk.serials()[0]
    reply = broken.post(f"/P/{write(serial)}-1", data={"q6": SECRET, "q5": "77"})
    assert reply.status_code == 500
    assert "Phiếu chưa được nhận" in reply.text
    said = logged(caplog)
    assert "POST phone.answer failed" in said
    assert "IntegrityError" in said, "the kind of error"
    assert "in accept_response" in said, "and where it happened"
    for kept_back in (serial, show_serial(serial), SECRET, "77", "/P/", "INSERT INTO"):
        assert kept_back.lower() not in said.lower()


def test_staff_are_told_of_their_work_in_their_language_and_not_of_a_sheet(app: Flask, log_in: Any) -> None:
    def fail() -> str:
        raise WorkFailed(SECRET)

    app.testing = False
    app.view_functions["log.show"] = fail
    staff = log_in(app, roles=("manager",))
    for path, status in (("/quan-ly/nhat-ky/", 500), ("/quan-ly/khong-co", 404)):
        reply = staff.get(path)
        assert reply.status_code == status
        assert "Phiếu chưa được nhận" not in reply.text
        assert "mã in trên phiếu" not in reply.text
        assert "Tổng quan" in reply.text, "and find their way on"
        assert "There is no such" in (english := staff.get("/quan-ly/khong-co?lang=en").text)
        assert "Choose again above" in english
        staff.get("/quan-ly/khong-co?lang=vi")


def test_a_failure_of_ours_that_no_page_expected_is_logged_in_the_same_way(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise WorkFailed(SECRET)

    app.add_url_rule("/fail", "fail", fail)
    assert app.test_client().get("/fail").status_code == 500
    said = logged(caplog)
    assert "GET fail failed" in said
    assert "WorkFailed" in said
    assert SECRET not in said


def test_what_the_framework_or_the_server_logs_by_itself_is_stripped_too(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    quiet_server_log()
    for logger in (app.logger, logging.getLogger("waitress")):
        try:
            raise ValueError(SECRET)
        except ValueError:
            logger.exception("Exception while serving /P/7K3M")
    logging.getLogger("waitress").warning("Client disconnected while serving /P/7K3M")
    logging.getLogger("waitress.queue").warning("Task queue depth is 52")
    said = logged(caplog)
    assert said.count("builtins.ValueError") == 2
    assert SECRET not in said
    assert "7K3M" not in said
    assert "queue depth" not in said, "sixty phones at once are no news"


def test_what_led_to_an_error_is_named_without_its_message() -> None:
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise WorkFailed(SECRET) from error
    except WorkFailed as error:
        shown = show_error(error)
    assert shown.index("builtins.ValueError") < shown.index("forms.errors.WorkFailed")
    assert SECRET not in shown
