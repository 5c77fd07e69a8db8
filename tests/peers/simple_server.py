"""
simple-repository-server, with the files of a folder. Run by the Python of the environment that has it.

Arguments: the folder (one folder for each project), a file that says what is yanked, the port. The upload time of a
file is its modification time. The server's own parts do all but one thing: they state no hashes of local files.
"""

import dataclasses
import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import fastapi  # of another environment, as all that follows
import httpx
import uvicorn
from simple_repository.components import core
from simple_repository.components.local import LocalRepository
from simple_repository.components.yanking import GlobYankProvider, YankRepository
from simple_repository_server.routers import simple


class Hashed(core.RepositoryContainer):  # type: ignore[misc]  # the base class is not installed where mypy runs
    """Adds the sha256 of every file, as an index does at upload."""

    def __init__(self, source: Any, folder: Path) -> None:
        super().__init__(source)
        self._folder = folder

    async def get_project_page(self, project_name: str, **given: Any) -> Any:
        page = await super().get_project_page(project_name, **given)
        files = [dataclasses.replace(file, hashes={"sha256": self._sha256(page.name, file)}) for file in page.files]
        return dataclasses.replace(page, files=tuple(files))

    def _sha256(self, project: str, file: Any) -> str:
        return hashlib.sha256((self._folder / project / file.filename).read_bytes()).hexdigest()


def main() -> None:
    folder, yanked, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with httpx.AsyncClient() as client:
            repository = YankRepository(Hashed(LocalRepository(folder), folder), GlobYankProvider(yanked))
            app.include_router(simple.build_router(repository, http_client=client))
            yield

    app = fastapi.FastAPI(openapi_url=None, lifespan=lifespan)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


main()
