"""Writes ontology/context.jsonld from the ontology: ``make docs``."""

from __future__ import annotations

import json
from pathlib import Path

from diplograph.transfer.jsonld import make_context

FILE = Path(__file__).parents[1] / "ontology" / "context.jsonld"


def write_context() -> str:
    """The context as it is published."""
    return json.dumps(make_context(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(write_context(), encoding="utf-8")
    print(f"{FILE} is made")
