"""Port 49983 of a sandbox: its health, and its files by REST and by Connect-RPC."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from connectrpc.code import Code
from connectrpc.errors import ConnectError
from e2b.envd.filesystem import filesystem_connect, filesystem_pb
from protobuf.wkt.google.protobuf.timestamp_pb import Timestamp
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from tests.e2b_stand_in.sandboxes import Sandbox


def envd(sandbox: Sandbox) -> Starlette:
    """The daemon of one sandbox."""

    def resolve(path: str) -> Path:
        return sandbox.home / path  # an absolute path stays as it is

    async def health(_: Request) -> Response:
        return Response(status_code=204)

    async def download(request: Request) -> Response:
        path = resolve(request.query_params.get("path", ""))
        if not path.exists():
            return JSONResponse({"code": 404, "message": f"path '{path}' does not exist"}, 404)
        if path.is_dir():
            return JSONResponse({"code": 400, "message": f"path '{path}' is a directory"}, 400)
        return FileResponse(path)

    async def upload(request: Request) -> Response:
        named = request.query_params.get("path")
        written: list[Path] = []
        async with request.form(max_part_size=1 << 30) as form:
            for part in form.values():
                assert isinstance(part, UploadFile)
                path = resolve(named or part.filename or "")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(await part.read())
                written.append(path)
        return JSONResponse([{"path": str(p), "name": p.name, "type": "file"} for p in written])

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/files", download, methods=["GET"]),
            Route("/files", upload, methods=["POST"]),
            Mount("/", filesystem_connect.FilesystemASGIApplication(Filesystem(sandbox.home))),
        ]
    )


class Filesystem(filesystem_connect.Filesystem):
    """The RPC methods that the executor uses; any other is answered as not implemented."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def _existing(self, path: str) -> Path:
        found = self._home / path
        if not os.path.lexists(found):
            raise ConnectError(Code.NOT_FOUND, f"path '{found}' does not exist")
        return found

    async def stat(self, request, ctx):
        return filesystem_pb.StatResponse(entry=entry(self._existing(request.path)))

    async def list_dir(self, request, ctx):
        root = self._existing(request.path)
        depth = request.depth or 1
        found: list[filesystem_pb.EntryInfo] = []
        for folder, folders, files in os.walk(root):
            inside = Path(folder)
            found += [entry(inside / name) for name in sorted(folders + files)]
            if len(inside.relative_to(root).parts) + 1 >= depth:
                folders.clear()
        return filesystem_pb.ListDirResponse(entries=found)

    async def remove(self, request, ctx):
        path = self._home / request.path
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        return filesystem_pb.RemoveResponse()


def entry(path: Path) -> filesystem_pb.EntryInfo:
    status = path.lstat()
    kind = filesystem_pb.FileType.DIRECTORY if path.is_dir() else filesystem_pb.FileType.FILE
    modified = Timestamp(seconds=status.st_mtime_ns // 10**9, nanos=status.st_mtime_ns % 10**9)
    link = {"symlink_target": os.readlink(path)} if path.is_symlink() else {}
    return filesystem_pb.EntryInfo(
        name=path.name,
        path=str(path),
        type=kind,
        size=status.st_size,
        mode=status.st_mode & 0o7777,
        permissions=stat.filemode(status.st_mode),
        owner="root",
        group="root",
        modified_time=modified,
        **link,
    )
