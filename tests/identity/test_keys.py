from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.errors import EnvironmentFault, SettingsError
from journeyflow.identity.keys import Secret, load_secret

SECRET = Secret(b"a text of some length", "test")


@pytest.fixture(autouse=True)
def _no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNEYFLOW_SECRET", raising=False)


def test_a_key_is_hmac_sha256_under_a_key_of_its_type() -> None:
    of_type = hmac.digest(b"a text of some length", b"journeyflow/1/identifier/email", "sha256")
    expected = hmac.new(of_type, b"anna@shop.example", hashlib.sha256).hexdigest()[:32]
    assert SECRET.key("email", "anna@shop.example") == expected
    assert SECRET.key("email", "anna@shop.example") == expected


@given(st.text(), st.text(max_size=8), st.text(max_size=8))
def test_keys_differ_by_type_and_by_secret(value: str, one: str, other: str) -> None:
    assert (SECRET.key(one, value) == SECRET.key(other, value)) == (one == other)
    assert SECRET.key(one, value) != Secret(b"another text of that kind", "test").key(one, value)
    assert len(bytes.fromhex(SECRET.key(one, value))) == 16


def test_a_type_and_a_value_cannot_be_spelled_as_another_pair() -> None:
    assert SECRET.key("a/b", "c") != SECRET.key("a", "b/c")


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    first = load_secret(tmp_path)
    path = tmp_path / "warehouse" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text().strip())) == 32
    assert load_secret(tmp_path) == first
    assert load_secret(tmp_path / "elsewhere").check_value != first.check_value


def test_a_key_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCut(BaseException):
        pass

    def cut(_: int) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", cut)
        with pytest.raises(PowerCut):
            load_secret(tmp_path)
    assert not (tmp_path / "warehouse" / "secret.key").exists()
    assert load_secret(tmp_path) == load_secret(tmp_path)
    assert [each.name for each in (tmp_path / "warehouse").iterdir()] == ["secret.key"]


def test_the_environment_wins_and_the_files_text_is_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_file = load_secret(tmp_path)
    text = (tmp_path / "warehouse" / "secret.key").read_text()
    monkeypatch.setenv("JOURNEYFLOW_SECRET", "sixteen letters!")
    assert load_secret(tmp_path).check_value != from_file.check_value
    monkeypatch.setenv("JOURNEYFLOW_SECRET", text)
    assert load_secret(tmp_path / "elsewhere").key("a", "b") == from_file.key("a", "b")
    assert not (tmp_path / "elsewhere").exists()


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEYFLOW_SECRET", "fifteen letters")
    with pytest.raises(SettingsError, match="JOURNEYFLOW_SECRET holds 15 characters") as caught:
        load_secret(tmp_path)
    assert caught.value.exit_code == 2
    monkeypatch.delenv("JOURNEYFLOW_SECRET")
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "secret.key").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"secret\.key holds bytes that are no text"):
        load_secret(tmp_path)


def test_a_key_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    secret = load_secret(tmp_path)
    path = tmp_path / "warehouse" / "secret.key"
    path.chmod(0o644)
    assert load_secret(tmp_path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_that_cannot_be_made_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "warehouse").write_text("a file where the folder should be")
    with pytest.raises(EnvironmentFault, match=r"secret\.key"):
        load_secret(tmp_path)


def test_another_key_is_refused() -> None:
    SECRET.verify(SECRET.check_value)
    other = Secret(b"another text of that kind", "JOURNEYFLOW_SECRET")
    with pytest.raises(SettingsError, match="not the one") as caught:
        other.verify(SECRET.check_value)
    assert caught.value.exit_code == 2


def test_nothing_shows_the_key() -> None:
    for shown in (repr(SECRET), SECRET.check_value, SECRET.salt):
        assert "text of some" not in shown
        assert SECRET._bytes.hex() not in shown
    assert len({SECRET.salt[:32], SECRET.check_value, SECRET.key("salt", "")}) == 3
    assert len(bytes.fromhex(SECRET.salt)) == 32
