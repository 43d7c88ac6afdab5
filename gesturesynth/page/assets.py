"""The files of the page, read once: types, compression, entity tags, and the headers that every answer has."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""Files of other types are not served."""
JOINED: Final = ("styles", "words")
"""Folders whose files are served as one: each file more is a way to the server and back before anything is seen."""
STAGE: Final = "projector"
"""The folder of the stage view, a page of its own: its scripts are not fetched by the other one."""
MODULES: Final = b"<!-- modules -->"
"""In the page, where its scripts are named."""


@dataclass(frozen=True)
class Asset:
    """One file.

    Attributes:
        body, gzipped: its contents.
        content_type: the header.
        tag: the entity tag, with its quotes.
    """

    body: bytes
    gzipped: bytes
    content_type: str
    tag: str


def load_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """All files by their path on the server; `/` is index.html, `/stage` stage.html."""
    assets: dict[str, Asset] = {}
    own = [path for path in sorted(folder.rglob("*.js")) if path.parent.name != STAGE]
    scripts = [path.relative_to(folder).as_posix() for path in own]
    # A module is found by reading the one that imports it: named in the page, all are fetched at once.
    preloads = "\n  ".join(f'<link rel="modulepreload" href="{script}">' for script in scripts)
    for path in sorted(folder.rglob("*")):
        if path.suffix in TYPES and path.is_file() and path.parent.name not in JOINED:
            body = path.read_bytes().replace(MODULES, preloads.encode())
            assets[f"/{path.relative_to(folder).as_posix()}"] = _asset(body, path.suffix)
    if (folder / "styles").is_dir():
        assets["/styles.css"] = _asset(_styles(folder / "styles"), ".css")
    for file in folder.glob("words/??.json"):
        assets[f"/words.{file.stem}.json"] = _asset(_words(file.parent, file.stem), ".json")
    assets["/"] = assets["/index.html"]
    if "/stage.html" in assets:
        assets["/stage"] = assets["/stage.html"]
    return assets


def _asset(body: bytes, suffix: str) -> Asset:
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    return Asset(body, gzip.compress(body, 9, mtime=0), TYPES[suffix], tag)


def _styles(folder: Path) -> bytes:
    """All styles as one file, what they share first: nothing is drawn before all of them have come."""
    return b"\n".join(
        path.read_bytes() for path in sorted(folder.glob("*.css"), key=lambda path: (path.stem != "base", path.stem))
    )


def _words(folder: Path, language: str) -> bytes:
    """All texts in one language, and in English what it lacks."""
    files = [
        path for one in ("en", language) for path in (folder / f"{one}.json", *sorted(folder.glob(f"*.{one}.json")))
    ]
    table = {key: text for path in files for key, text in json.loads(path.read_bytes()).items()}
    return json.dumps(table, ensure_ascii=False).encode()


def security_headers(host: str, *, tls: bool) -> dict[str, str]:
    """The headers of every answer.

    Args:
        host: the Host header, checked: older browsers do not count a WebSocket of the same host as `'self'`.
        tls: whether the server speaks TLS.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; "
        f"connect-src 'self' {'wss' if tls else 'ws'}://{host}; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    } | ({"cross-origin-opener-policy": "same-origin"} if tls else {})  # browsers complain of it without TLS
