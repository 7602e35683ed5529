"""What the doors are, as a file; `make openapi` writes it anew."""

import json
from pathlib import Path

from softfront_api.app import described

SNAPSHOT = Path(__file__).with_name("openapi.json")


def written() -> str:
    return json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(written(), encoding="utf-8")
