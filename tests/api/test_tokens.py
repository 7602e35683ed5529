import stat
from pathlib import Path

import pytest

from softfront_api.errors import FolderNotWritable
from softfront_api.tokens import Tokens

NOW = 1_781_000_000_000


def test_a_token_made_here_is_let_in_and_no_other(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    token = tokens.make("Pi in the pocket", NOW)
    other = Tokens(tmp_path / "elsewhere").make("Pi", NOW)
    assert tokens.admits(token)
    assert [tokens.admits(t) for t in (other, token[:-1], token + "x", token.upper(), "")] == [
        False
    ] * 5


def test_no_two_tokens_are_alike(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    made = {tokens.make(f"Pi {n}", NOW) for n in range(20)}
    assert len(made) == 20
    assert all(tokens.admits(token) for token in made)


def test_at_rest_there_is_only_its_hash_for_its_owner_alone(tmp_path: Path) -> None:
    token = Tokens(tmp_path).make("Pi", NOW)
    (file,) = tmp_path.iterdir()
    assert token not in file.read_text()
    assert token.rpartition("_")[2] not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_another_process_takes_back_holds_at_once(tmp_path: Path) -> None:
    server, owner = Tokens(tmp_path), Tokens(tmp_path)
    token = owner.make("Pi", NOW)
    assert server.admits(token)
    assert owner.remove(owner.all()[0].id) is not None
    assert not server.admits(token)
    assert owner.remove("00000000") is None


def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    token = tokens.make("Pi", NOW)
    (tmp_path / "paired.json").write_text('[{"id": 1}]')
    assert not Tokens(tmp_path).admits(token)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderNotWritable, match="file"):
        Tokens(tmp_path / "file").make("Pi", NOW)
