import json
from pathlib import Path

from softfront_api.tokens import Tokens

from .test_doors import asked


def test_pairing_shows_the_token_once_and_unpairing_takes_it_back(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    code, out, err = asked("collect", "--pair", "--name", "Pi", *data)
    token = out.strip()
    assert (code, Tokens(tmp_path).admits(token)) == (0, True)
    assert token not in err
    assert "shown this once" in err
    ident = token.split("_")[1]
    assert asked("collect", "--unpair", ident, *data)[0] == 0
    assert not Tokens(tmp_path).admits(token)
    assert asked("collect", "--unpair", ident, *data)[0] == 3


def test_as_json_pairing_prints_one_object(tmp_path: Path) -> None:
    code, out, err = asked("collect", "--pair", "--json", "--data", str(tmp_path))
    made = json.loads(out)
    assert (code, err) == (0, "")
    assert Tokens(tmp_path).admits(made["token"])
