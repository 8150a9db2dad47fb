"""Parts of the pages in docs/ that a command makes: what stands between its mark and the next ``<!-- end -->``."""

from __future__ import annotations

from pathlib import Path


def replace_part(page: Path, command: str, text: str) -> None:
    """Puts a text where a page has it from this command. Raises ValueError when the page has no such mark."""
    mark, end = f"<!-- {command} -->", "<!-- end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(mark)
    if not found:
        raise ValueError(f"{page}: there is no {mark}")
    page.write_text(f"{before}{mark}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
