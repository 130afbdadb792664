"""What every reply carries, and how posts are checked: headers, the session's cookie, tokens against forgery.

The phone form has no forgery check on purpose: whoever posts an answer must know the serial, the serial is the only
authority there is, and a page elsewhere that knew it could as well answer by itself. The console has one on every post.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection

from flask import Blueprint, Flask, Request, Response, abort, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from flask_wtf import CSRFProtect

from collector.settings import load_key
from collector.web import statuses

# Neither policy allows what stands inline, but for the phone form's one style sheet and one script, under a nonce.
_SHARED_POLICY = "default-src 'none'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TRANSPORT = "max-age=31536000"
_KEY_NAME = "web"


def _derive(campaign_id: str, purpose: str) -> bytes:
    return hmac.digest(load_key(campaign_id, _KEY_NAME), purpose.encode(), hashlib.sha256)


class _Sessions(SecureCookieSessionInterface):
    """Cookies that are Secure wherever the request came over TLS, so that a demo on http://localhost works too."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 the framework's signature
        return _over_tls()


class _NoSessions(SessionInterface):
    """No cookie is read and none is given: what answers come through knows nobody."""

    def open_session(self, app: Flask, request: Request) -> None:
        """There is none."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is none."""


def protect(
    app: Flask, campaign_id: str, public: Collection[Blueprint], *, always_tls: bool = False, has_cookies: bool = True
) -> None:
    """Give an app its keys, headers and forgery checks; posts to the `public` blueprints need no token.

    `has_cookies`: False for an app whose pages are all public.
    `always_tls`: browsers come over TLS whatever a request looks like here, behind a proxy that does not say so.
    """
    app.secret_key = _derive(campaign_id, "session")
    app.session_interface = _Sessions() if has_cookies else _NoSessions()
    app.config.update(
        PHIEU_ALWAYS_TLS=always_tls,
        SESSION_COOKIE_NAME=f"phieu-{campaign_id}",  # next year's console may run on the same host
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=24 * 3600,  # the store ends sessions, and sooner
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our pages never send; see _check_origin
    )
    if has_cookies:
        tokens = CSRFProtect(app)
        for pages in public:
            tokens.exempt(pages)
        app.before_request(_check_origin({pages.name for pages in public}))
        app.before_request(_refuse_nul({pages.name for pages in public}))
    app.url_map.merge_slashes = False  # it answers //x with an address made of what the browser says is the host
    app.after_request(_add_headers)


def nonce() -> str:
    """This reply's nonce, under which the phone form's own style sheet and script may stand in its page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(12)
    return str(g.nonce)


def _over_tls() -> bool:
    return request.is_secure or bool(current_app.config["PHIEU_ALWAYS_TLS"])


def _check_origin(public: Collection[str]) -> Callable[[], None]:
    """Refuse posts that the browser itself says come from another site, before any token is looked at."""

    def check() -> None:
        foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
        if request.method == "POST" and request.blueprint not in public and foreign:
            abort(statuses.FORBIDDEN)

    return check


def _refuse_nul(public: Collection[str]) -> Callable[[], None]:
    """Refuse staff's fields with the letter NUL, which no keyboard writes: PostgreSQL keeps none and fails over it.

    Of answers it is left out instead (collector.web.answers), for those are not to be lost.
    """

    def check() -> None:
        if request.blueprint not in public and any("\0" in value for _, value in request.values.items(multi=True)):
            abort(statuses.WRONG)

    return check


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    in_page = f"'nonce-{g.nonce}'" if "nonce" in g else ""
    public = f"style-src {in_page}; script-src {in_page}; connect-src 'self'"
    sources = public if in_page else "style-src 'self'; script-src 'self'; connect-src 'self'"
    response.headers["Content-Security-Policy"] = f"{_SHARED_POLICY}; {sources}"
    response.headers.setdefault("Cache-Control", "no-store")
    if _over_tls():
        response.headers["Strict-Transport-Security"] = _TRANSPORT
    return response
