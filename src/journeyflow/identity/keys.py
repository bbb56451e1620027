"""The project's secret, and the keyed hashes that stand for identifiers everywhere else.

A plain hash of a phone number is undone by hashing all phone numbers; a keyed one is not, as
long as the key stays apart from the data (HMAC-SHA256, RFC 2104 and FIPS 198-1).
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from journeyflow.errors import EnvironmentFault, SettingsError

ENVIRONMENT = "JOURNEYFLOW_SECRET"
SECRET_FILE = Path("warehouse") / "secret.key"
_MIN_LENGTH = 16
_LOST = (
    "Bring back the key from your backup. A project without a warehouse may delete the file and "
    "get a new one."
)


@dataclass(frozen=True)
class Secret:
    """The key of one project. `origin` says where it came from; the key itself is never shown."""

    _bytes: bytes = field(repr=False)
    origin: str
    _by_type: dict[str, hmac.HMAC] = field(default_factory=dict, repr=False, compare=False)

    def key(self, type: str, value: str) -> str:
        """The key of a normalised identifier: 32 hex digits, its own family for each type."""
        keyed = self._by_type.get(type)
        if keyed is None:
            # Each type has a derived key, so that no (type, value) can be spelled as another pair.
            keyed = hmac.new(self._derive(f"identifier/{type}"), digestmod=sha256)
            self._by_type[type] = keyed
        keyed = keyed.copy()
        keyed.update(value.encode("utf-8", "surrogatepass"))
        return keyed.digest()[:16].hex()

    @cached_property
    def check_value(self) -> str:
        """32 hex digits to keep in the warehouse. They recognise the key and do not tell it."""
        return self._derive("check").hex()[:32]

    @cached_property
    def salt(self) -> str:
        """64 hex digits derived from the key, for keyed hashes inside SQL."""
        return self._derive("salt").hex()

    def verify(self, check_value: str) -> None:
        """Raises SettingsError unless the warehouse's check value was made with this key."""
        if not hmac.compare_digest(check_value, self.check_value):
            raise SettingsError(
                f"The key from {self.origin} is not the one that this warehouse was made with.",
                hint=f"Bring back the former {ENVIRONMENT} or {SECRET_FILE}. With another key no "
                "new row would find the person it belongs to.",
            )

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(self._bytes, f"journeyflow/1/{purpose}".encode(), "sha256")


def load_secret(project_dir: Path | str, *, untouched: bool = False) -> Secret:
    """The project's secret: the environment's, else the key file's, made for a new project.

    The file holds 32 random bytes as hex text, mode 0600; the same text in JOURNEYFLOW_SECRET is
    the same key. `untouched`: the rights of the file stay as they are, since the caller only
    looks. Raises SettingsError (a key too short, no key to rows that have one),
    EnvironmentFault (file not usable).
    """
    text = os.environ.get(ENVIRONMENT)
    if text:
        return _secret(text, ENVIRONMENT)
    path = Path(project_dir) / SECRET_FILE
    try:
        if not path.exists():
            if path.with_name("private.duckdb").exists():
                raise SettingsError(
                    f"{SECRET_FILE} is missing, and the rows of this project have a key",
                    hint=f"Bring the file back from your backup, or set {ENVIRONMENT} if it was "
                    "set before. With another key no new row would find the person it belongs to.",
                )
            _create(path)
        elif path.stat().st_mode & 0o077 and not untouched:
            with suppress(PermissionError):  # another user's file, and that user's to close
                path.chmod(0o600)
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{SECRET_FILE} holds bytes that are no text", hint=_LOST) from None
    except OSError as error:
        raise EnvironmentFault(
            f"{path}: the project's key cannot be read or made ({error.strerror})",
            hint=f"Give this user the right to read and write it, or set {ENVIRONMENT}.",
        ) from error
    return _secret(text, str(SECRET_FILE))


def _secret(text: str, origin: str) -> Secret:
    text = text.strip()
    if len(text) < _MIN_LENGTH:
        raise SettingsError(
            f"{origin} holds {len(text)} characters, expected {_MIN_LENGTH} or more",
            hint=_LOST
            if origin != ENVIRONMENT
            else "Set a longer text, or unset it to use the key file.",
        )
    return Secret(text.encode(), origin)


def _create(path: Path) -> None:
    """Make the key file, whole or not at all; the caller holds the lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)  # of a run that was killed here
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(32).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
