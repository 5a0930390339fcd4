"""Figures, pictures and tables reach the host as such; memory and file limits hold."""

from __future__ import annotations

import base64

from executors.base import Display, ExecutionEvent, FilesChanged, Finished
from executors.values import decode
from tests.cells import end_of, events_of, value_of
from tests.executors.local.helpers import local

IMPORTS = ("numpy", "pandas", "matplotlib", "PIL")
PRELOAD = ("numpy", "pandas", "matplotlib.pyplot", "PIL.Image")
PNG = b"\x89PNG"


def displays(events: list[ExecutionEvent]) -> list[Display]:
    return [event for event in events if isinstance(event, Display)]


async def test_figures() -> None:
    async with local(*IMPORTS, preload=PRELOAD) as (executor, _):
        code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('Rise')\n"
        for shown in ("plt.show()", "None", "plt.gcf()"):
            found = displays(await events_of(executor, code + shown))
            assert [(d.mime, d.alt) for d in found] == [("image/png", "figure: Rise")]
            assert base64.b64decode(found[0].data).startswith(PNG)
        assert displays(await events_of(executor, "1")) == []
        events = await events_of(executor, code + "plt.savefig('rise.png')\nplt.close()")
        assert displays(events) == []
        assert [e.files[0].path for e in events if isinstance(e, FilesChanged)] == ["rise.png"]


async def test_tables_and_pictures() -> None:
    async with local(*IMPORTS, preload=PRELOAD) as (executor, _):
        events = await events_of(executor, "import pandas as pd\npd.DataFrame({'a': [1, 2]})")
        (table,) = displays(events)
        assert table.mime == "text/html"
        assert "<table" in table.data
        assert isinstance(events[-1], Finished)
        assert events[-1].value == table.alt == "   a\n0  1\n1  2"
        code = "from PIL import Image\nimage = Image.new('RGB', (2, 2))\ndisplay(image, 'text')"
        (picture,) = displays(await events_of(executor, code))
        assert base64.b64decode(picture.data).startswith(PNG)
        end = await end_of(executor, "final_answer(pd.DataFrame({'a': [1, 2]}))")
        assert decode(end.answer).to_dict() == {"a": {0: 1, 1: 2}}


async def test_libraries_that_were_not_preloaded() -> None:
    async with local(*IMPORTS, memory_bytes=1 << 30) as (executor, _):
        assert await value_of(executor, "import numpy as np\nint(np.arange(4).sum())") == "6"
        end = await end_of(executor, "kept = 1\nnp.zeros(10**9)")
        assert end.error is not None
        assert end.error.name == "MemoryLimit"
        assert await value_of(executor, "kept") == "1"


async def test_memory_and_files_are_limited() -> None:
    async with local(memory_bytes=200 << 20, file_bytes=1 << 20) as (executor, _):
        end = await end_of(executor, "kept = 1\nbig = bytearray(300 << 20)")
        assert end.error is not None
        assert end.error.name == "MemoryLimit"
        end = await end_of(executor, "with open('big', 'wb') as f:\n    f.write(bytes(2 << 20))")
        assert end.error is not None
        assert end.error.name == "OSError"
        assert "File too large" in end.error.message
        assert await value_of(executor, "kept") == "1"
