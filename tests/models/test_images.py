"""Which files are images, and what becomes of them in a request."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow

from agent import CodeAgent
from agent.messages import Memory
from agent.models.base import Message
from agent.models.chat import InferenceClientModel
from agent.models.images import IMAGE_BYTES, MOST_IMAGES, images_in
from agent.models.profile import PROFILES
from tests.models.chat_server import ChatServer, words
from tests.models.helpers import collect


def drawn(kind: str) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", (4, 3), "red").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_images_are_known_by_their_bytes(kind: str) -> None:
    data = drawn(kind)
    [image] = images_in({"no ending": data, "lies.png": b"text", "empty.png": b""})
    assert (image.name, image.mime) == ("no ending", f"image/{kind}")
    assert base64.b64decode(image.data) == data
    assert image.data not in repr(image)


def test_they_are_bounded() -> None:
    data = drawn("png")
    assert len(images_in({f"{n}.png": data for n in range(20)})) == MOST_IMAGES
    assert images_in({"large.png": data + bytes(IMAGE_BYTES)}) == ()
    assert images_in({"fits.png": data + bytes(IMAGE_BYTES - len(data))}) != ()


async def asked(server: ChatServer, *, vision: bool, images: bool = True) -> Any:
    profile = replace(PROFILES["large"], vision=vision)
    model = InferenceClientModel("m", base_url=server.will(words("Red.")), profile=profile)
    seen = images_in({"a.png": drawn("png"), "b.jpg": drawn("jpeg")}) if images else ()
    await collect(model, [Message("user", "What colour?", seen)])
    return server.bodies[-1]["messages"][0]["content"]


async def test_a_model_with_vision_gets_them_as_data_urls(server: ChatServer) -> None:
    text, png, jpeg = await asked(server, vision=True)
    assert text == {"type": "text", "text": "What colour?"}
    head, _, data = png["image_url"]["url"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == drawn("png")
    assert jpeg["image_url"]["url"].startswith("data:image/jpeg;base64,")


async def test_a_model_without_vision_gets_their_names(server: ChatServer) -> None:
    assert await asked(server, vision=False) == (
        "What colour?\n\n(You cannot look at images; code can open 'a.png', 'b.jpg'.)"
    )


@pytest.mark.parametrize("vision", [False, True])
async def test_a_message_without_images_stays_plain_text(server: ChatServer, vision: bool) -> None:
    assert await asked(server, vision=vision, images=False) == "What colour?"


@pytest.mark.parametrize("vision", [False, True])
async def test_the_images_of_a_task_reach_a_model_that_can_see(
    server: ChatServer, vision: bool
) -> None:
    profile = replace(PROFILES["large"], vision=vision)
    code = "```python\nprint(len(open('a.png', 'rb').read()))\n```"
    url = server.will(words(code), words("It is red."), words("Still red."))
    data = drawn("png")
    model = InferenceClientModel("m", base_url=url, profile=profile)
    async with CodeAgent(model=model) as agent:
        for task, files in (("What colour?", {"a.png": data, "b.txt": b"text"}), ("And now?", {})):
            async for _ in agent.stream(task, files):
                pass
    assert len(server.bodies) == 3
    for body in server.bodies:
        seen = [m["content"] for m in body["messages"] if isinstance(m["content"], list)]
        assert len(seen) == vision
        for text, image in seen:
            assert "What colour?" in text["text"]
            assert "'a.png'" in text["text"]
            assert base64.b64decode(image["image_url"]["url"].partition(",")[2]) == data
    assert f"\n{len(data)}" in str(server.bodies[1]["messages"][-1]["content"])


def test_turns_that_are_joined_keep_their_images() -> None:
    [image] = images_in({"a.png": drawn("png")})
    memory = Memory([Message("user", "An example.")])
    memory.task("What colour?", (image,))
    memory.user("(A note.)")
    [joined] = memory.turns
    assert joined.images == (image,)
    assert joined.content == "An example.\n\nWhat colour?\n\n(A note.)"
