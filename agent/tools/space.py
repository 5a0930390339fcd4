"""A function of a Hugging Face Space, or of any Gradio app, as a tool."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from agent.errors import ConfigurationError
from agent.tools.base import Tool
from agent.tools.handed import Tell, silent
from agent.tools.json_schema import annotation, identifiers
from agent.tools.schema import check_name
from agent.tools.space_files import Outbox, fetched
from executors.base import Parameter, ToolSpec, Workspace
from executors.values import encode

_LOOK_SECONDS = 0.1


class SpaceTool(Tool):
    """One endpoint of a Space, with the signature that the Space tells.

    Files are given as paths of the workspace and come back as pictures or paths of it. The app's
    queue and progress are told.
    """

    timeout = 300.0
    general = True

    def __init__(
        self,
        space: str,
        *,
        name: str,
        description: str = "",
        api_name: str | None = None,
        token: str | None = None,
    ) -> None:
        """Ask the Space what its endpoint takes and gives; takes a second or two.

        Args:
            space: `owner/name`, or the URL of a Gradio app.
            name: what the code calls.
            description: what the model reads; empty means the Space's own.
            api_name: the endpoint, such as `/predict`; None means the first one.
            token: a Hugging Face token for this Space. One that is saved on this machine is never
                sent by itself.

        Raises:
            ConnectionError: the Space cannot be reached, or is not running.
            ConfigurationError: it has no such endpoint, or a name is no Python name.
        """
        check_name(name)
        self.name = name
        self._space = space
        # The library has no types, and takes a second to load.
        connect: Any = import_module("gradio_client").Client
        try:
            self._client: Any = connect(
                space, token=token or False, verbose=False, download_files=False
            )
            api: Any = self._client.view_api(return_format="dict", print_info=False)
        except Exception as exc:
            raise ConnectionError(f"The Space {space} cannot be used: {exc}") from exc
        endpoints = cast("dict[str, Any]", api["named_endpoints"])
        self._endpoint = _chosen(endpoints, api_name, space)
        told = endpoints[self._endpoint]
        self._inputs = {one["parameter_name"]: one for one in told["parameters"]}
        self._names = identifiers(list(self._inputs), f"{space}: the parameters")
        self.description = description or told.get("description") or f"Runs the Space {space}."
        self._spec = ToolSpec(
            name=name,
            description=self.description,
            parameters=tuple(
                _parameter(self._names[key], one) for key, one in self._inputs.items()
            ),
            returns=_returns(told["returns"]),
        )

    @property
    def spec(self) -> ToolSpec:
        """The tool as the code sees it."""
        return self._spec

    async def forward(
        self, *, tell_: Tell = silent, workspace_: Workspace | None = None, **arguments: Any
    ) -> Any:
        """Run the endpoint. The parameters' own names end with `_`: a Space may use any other."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            outbox = Outbox(Path(folder), workspace_)
            given = {
                name: await self._given(outbox, self._inputs[name], arguments[ours])
                for name, ours in self._names.items()
                if ours in arguments
            }
            result = await self._result(given, tell_)
        root, headers = self._client.src_prefixed, self._client.headers
        return await fetched(result, root=root, headers=headers)

    async def _given(self, outbox: Outbox, described: Mapping[str, Any], value: Any) -> Any:
        return await (outbox.file(value) if _is_file(described) else outbox.other(value))

    async def _result(self, given: dict[str, Any], tell: Tell) -> Any:
        job: Any = await asyncio.to_thread(self._client.submit, api_name=self._endpoint, **given)
        told = ""
        try:
            while not job.done():
                if (line := _progress(job.status())) and line != told:
                    tell(told := line)
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            if not job.done():
                job.cancel()
        if (error := job.exception()) is not None:
            raise RuntimeError(f"The Space {self._space} says: {error}") from error
        return job.result()


def _chosen(endpoints: Mapping[str, Any], wanted: str | None, space: str) -> str:
    names = list(endpoints)
    found = f"/{wanted.lstrip('/')}" if wanted else next(iter(names), None)
    if found not in names:
        raise ConfigurationError(
            f"The Space {space} has no endpoint {wanted or 'at all'}. It has: "
            f"{', '.join(names) or 'none'}."
        )
    return found


def _parameter(name: str, described: Mapping[str, Any]) -> Parameter:
    default = encode(described.get("parameter_default"))
    optional = bool(described.get("parameter_has_default"))
    type_ = "str | Image" if _is_file(described) else _type(described)
    if optional and default is None and "None" not in type_ and type_ != "Any":
        type_ = f"{type_} | None"
    text = str(described.get("label") or "")
    if _is_file(described):
        text = f"{text}: a path in the workspace, a URL, or a picture.".lstrip(": ")
    return Parameter(
        name=name, annotation=type_, description=text, required=not optional, default=default
    )


def _type(described: Mapping[str, Any]) -> str:
    schema = cast("dict[str, Any]", described["type"])
    return annotation(schema, schema)


def _is_file(described: Mapping[str, Any]) -> bool:
    return "filepath" in str(described["python_type"]["type"])


def _returns(outputs: list[Mapping[str, Any]]) -> str:
    parts = [_output(one) for one in outputs]
    return parts[0] if len(parts) == 1 else f"tuple[{', '.join(parts)}]" if parts else "None"


def _output(described: Mapping[str, Any]) -> str:
    if described.get("component") == "Image":
        return "Image"
    return "str" if _is_file(described) else _type(described)


def _progress(status: Any) -> str:
    """A line about how far the job is; empty where nothing is known."""
    if status.progress_data:
        unit = status.progress_data[0]
        count = "" if unit.index is None else f" {unit.index} of {unit.length or '?'}"
        return f"{unit.desc or 'working'}{count}"
    return f"waiting in the queue, {status.rank} before this one" if status.rank else ""
