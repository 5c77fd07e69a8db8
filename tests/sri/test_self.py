"""A page that loads itself: nothing that is written into it can be its own digest."""

from pathlib import Path

from verifychain.cli.main import main


def test_a_page_cannot_state_its_own_digest(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text('<script src="#top" integrity="sha384-abc"></script>\n')
    before = page.read_bytes()
    assert main(["sri", "--isolated", "--fix", str(page)]) == 1
    assert page.read_bytes() == before
