"""The page: how it is laid out, and which handler serves which control.

Ids that tests and style sheets rely on: `#transcript`, `#composer`, `#attach`, `#tray`, `#send`,
`#stop`, `#new-chat`, `#backend`, `#status`, `#settings`, `#model`, `#model-key`, `#e2b-key`,
`#walls`, `#theme`, `#refusal`, `#sign-in` (on a Space), and `#e2b-card` with `#e2b-card-key`,
`#e2b-save` and `#use-local`.

In the transcript each block is `[data-block]` with a `[data-kind=user|plan|step|preparing|
reasoning|thought|code|output|value|tool|agent|display|error|notice|files|answer|ending]`; what is
inside a step or an agent is in its `.body`. A step has a `[data-state=preparing|thinking|writing|
running|done|failed|stopped]`, a tool or agent a `[data-state=running|ok|failed|stopped]`, and what
the person said to a working agent a `[data-state=waiting|read|late]`. The body has a
`[data-activity=idle|starting|preparing|planning|thinking|writing|running]`.
"""

from __future__ import annotations

from html import escape
from typing import Any, Literal

import gradio as gr
from starlette.middleware import Middleware

from agent.services import Services
from ui.handlers import Handlers
from ui.icons import ASSETS, icon
from ui.protections import protections_html
from ui.sessions import SessionStore
from ui.sign_in import model_key as key_of
from ui.start import start_screen
from ui.uploads import NoUploads

TITLE = "Sandglass"
_STYLES = ("base.css", "controls.css", "transcript.css")
_LOCAL = "Local"
_E2B = "E2B"
_PLACES: dict[str, Literal["local", "e2b"]] = {_LOCAL: "local", _E2B: "e2b"}


def build_page(
    services: Services, *, store: SessionStore | None = None, sign_in: bool = False
) -> gr.Blocks:
    """The whole page for these services. Launch it with `launch_options()`.

    Args:
        services: makes models, executors and sessions.
        store: keeps the visitors' sessions; without one the page keeps its own.
        sign_in: whether visitors can sign in with Hugging Face (see `ui.sign_in`).
    """
    store = store or SessionStore(services)
    handlers = Handlers(services, store)
    with gr.Blocks(title=TITLE, fill_height=True, fill_width=True, analytics_enabled=False) as page:
        model, model_key, e2b_key = _settings(services, sign_in=sign_in)
        with gr.Row(elem_id="top"):
            _html(_asset("brand.html").replace("{icon}", icon("brand")), "brand")
            with gr.Row(elem_id="where"):
                _html('<span class="dot"></span><span class="word">Idle</span>', "status")
                backend = gr.Radio(
                    [_LOCAL, _E2B],
                    value=_LOCAL,
                    label="Where the code runs",
                    show_label=False,
                    container=False,
                    elem_id="backend",
                )
            new_chat = gr.Button("New chat", elem_id="new-chat", min_width=0)
        transcript = gr.HTML(
            None,
            html_template=start_screen(),
            js_on_load=_asset("transcript.js") + _asset("attach.js"),
            server_functions=_server_functions(handlers),
            apply_default_css=False,
            elem_id="transcript",
        )
        with gr.Column(elem_id="bottom"):
            with gr.Column(visible=False, elem_id="e2b-card") as card:
                _html(_asset("e2b_card.html"))
                with gr.Row():
                    card_key = _key_field("E2B API key", "e2b-card-key", "e2b_…")
                    save = gr.Button("Use this key", elem_id="e2b-save", min_width=0)
                    use_local = gr.Button("Use Local instead", elem_id="use-local", min_width=0)
            refused = _html("", "refusal", visible=False)
            _html('<div class="tray" aria-live="polite"></div>', "tray")
            with gr.Row(elem_id="compose"):
                gr.Button("Add files", elem_id="attach", min_width=0)
                composer = gr.Textbox(
                    label="Your message",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=9,
                    placeholder="Describe a task…",
                    autofocus=True,
                    elem_id="composer",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                send = gr.Button("Send", elem_id="send", min_width=0)
                stop = gr.Button("Stop", elem_id="stop", min_width=0)
            _html(_asset("hint.html"), "hint")

        chosen = [backend, model, model_key, e2b_key]
        shown = [transcript, composer, card, refused]
        for trigger in (send.click, composer.submit):
            trigger(_sender(handlers), [composer, *chosen], shown, **_CONTROL)
        transcript.ask(_asker(handlers), chosen, shown, **_CONTROL)
        transcript.attach(_attacher(handlers), None, [transcript, backend, model], **_CONTROL)
        _controls(handlers, page, transcript, stop, new_chat)

        def offer_card(backend: str, key: str, request: gr.Request) -> Any:
            needed = handlers.needs_e2b_key(backend, key, request.session_hash)
            return gr.update(visible=needed)

        backend.change(offer_card, [backend, e2b_key], card, **_CONTROL)
        e2b_key.change(offer_card, [backend, e2b_key], card, **_CONTROL)
        for trigger in (save.click, card_key.submit):
            trigger(lambda key: (key, ""), card_key, [e2b_key, card_key], **_CONTROL)
        use_local.click(lambda: (_LOCAL, ""), None, [backend, card_key], **_CONTROL)

    page.queue(default_concurrency_limit=None)
    return page


def launch_options() -> dict[str, Any]:
    """The keyword arguments for `Blocks.launch` that belong to the page."""
    return {
        "theme": gr.themes.Base(
            primary_hue="amber",
            neutral_hue="stone",
            font=["system-ui", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        ),
        "head": _head(),
        "favicon_path": ASSETS / "favicon.svg",
        "run_history": False,  # it would keep what is typed, keys too, in the browser
        "footer_links": [],
        "ssr_mode": False,
        "max_threads": 512,
        "app_kwargs": {"middleware": [Middleware(NoUploads)]},
        "show_error": False,
        "enable_monitoring": False,
    }


def _head() -> str:
    # Not by `css_paths`: Gradio adds that a second time with every selector prefixed, which lets
    # plain rules win over the ones for a state of the body.
    styles = "".join(f"<style>{_asset(name)}</style>" for name in _STYLES)
    return f"{styles}<script>{_asset('theme.js')}</script>"


_CONTROL: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def _settings(services: Services, *, sign_in: bool) -> tuple[gr.Dropdown, gr.Textbox, gr.Textbox]:
    hints = {choice.id: choice.hint for choice in services.model_choices}
    with gr.Sidebar(open=False, width=320, elem_id="settings"):
        _html("<h2>Settings</h2>")
        model = gr.Dropdown(
            [(choice.label, choice.id) for choice in services.model_choices],
            value=services.default_model,
            label="Model",
            filterable=False,
            elem_id="model",
        )
        hint = _html(_hint(hints[services.default_model]))
        if sign_in:
            gr.LoginButton("Sign in with Hugging Face", "Sign out {}", elem_id="sign-in", size="md")
            gr.HTML(
                _hint("Signed in, you use these models with your own account: no token needed.")
            )
        model_key = _key_field("Your Hugging Face token", "model-key", "hf_…")
        gr.HTML(
            _hint("Only for models that need one. It stays in memory until you close the page.")
        )
        e2b_key = _key_field("Your E2B API key", "e2b-key", "e2b_…")
        _html(
            _hint("The server has a key, so you need none.")
            if services.has_e2b_key
            else _asset("e2b_hint.html")
        )
        places = {name: services.protections.get(kind, ()) for name, kind in _PLACES.items()}
        _html(protections_html(places), "walls")
        gr.HTML(
            _asset("theme_switch.html"),
            js_on_load=_asset("settings.js"),
            apply_default_css=False,
            elem_id="theme",
        )
    model.change(lambda choice: _hint(hints[choice]), model, hint, **_CONTROL)
    return model, model_key, e2b_key


def _hint(text: str, kind: str = "") -> str:
    return f'<p class="hint {kind}">{escape(text)}</p>'


def _html(html: str, elem_id: str | None = None, *, visible: bool = True) -> gr.HTML:
    return gr.HTML(html, elem_id=elem_id, visible=visible, apply_default_css=False)


def _key_field(label: str, elem_id: str, placeholder: str) -> gr.Textbox:
    return gr.Textbox(
        label=label,
        type="password",
        placeholder=placeholder,
        elem_id=elem_id,
        max_length=400,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
    )


def _controls(
    handlers: Handlers, page: gr.Blocks, transcript: gr.HTML, stop: gr.Button, new_chat: gr.Button
) -> None:
    async def stop_run(request: gr.Request) -> None:
        await handlers.stop(request.session_hash)

    async def renew(request: gr.Request) -> str:
        return await handlers.new_chat(request.session_hash)

    async def leave(request: gr.Request) -> None:
        await handlers.leave(request.session_hash)

    page.unload(leave)
    stop.click(stop_run, None, None, **_CONTROL)
    new_chat.click(renew, None, transcript, **_CONTROL)


def _server_functions(handlers: Handlers) -> list[Any]:
    async def follow(call: Any) -> str:
        return await handlers.follow(call)

    async def download(call: Any) -> dict[str, str]:
        return await handlers.download(call)

    async def add_file(call: Any) -> dict[str, Any]:
        return await handlers.add_file(call)

    async def remove_file(call: Any) -> dict[str, Any]:
        return await handlers.remove_file(call)

    return [follow, download, add_file, remove_file]


def _attacher(handlers: Handlers) -> Any:
    async def attach(event: gr.EventData, request: gr.Request) -> Any:
        news, setup = await handlers.attach(request.session_hash, _said(event, "tab"))
        if setup is None:
            return news, gr.skip(), gr.skip()
        return news, _E2B if setup.backend == "e2b" else _LOCAL, setup.model

    return attach


def _sender(handlers: Handlers) -> Any:
    async def send(  # noqa: PLR0917 - Gradio passes the components' values by position
        task: str,
        backend: str,
        model: str,
        model_key: str,
        e2b_key: str,
        request: gr.Request,
        token: gr.OAuthToken | None,
    ) -> Any:
        task, page = task or "", request.session_hash
        busy = await handlers.busy(page)  # nothing is awaited from here until the run begins
        refusal = "" if busy else handlers.refusal(task, page)
        working = handlers.working(page)
        needs_key = not working and handlers.needs_e2b_key(backend, e2b_key, page)
        if refusal or busy or needs_key or not task.strip():  # the message stays in the box
            said = _hint(refusal) if refusal else _hint(busy, "busy")
            said = gr.update(value=said, visible=bool(refusal or busy))
            return gr.skip(), gr.skip(), gr.update(visible=needs_key), said
        key = key_of(model_key, token.token if token else None)
        setup = handlers.setup(backend, model, key, e2b_key)
        news = await handlers.send(task, setup, page)
        note = handlers.held_back(page) if working else ""
        said = gr.update(value=_hint(note, "busy"), visible=bool(note))
        return news, "", gr.skip(), said

    return send


def _asker(handlers: Handlers) -> Any:
    send = _sender(handlers)

    async def ask(  # noqa: PLR0917 - Gradio passes the components' values by position
        backend: str,
        model: str,
        model_key: str,
        e2b_key: str,
        event: gr.EventData,
        request: gr.Request,
        token: gr.OAuthToken | None,
    ) -> Any:
        return await send(_said(event, "text"), backend, model, model_key, e2b_key, request, token)

    return ask


def _said(event: gr.EventData, name: str) -> str:
    """What the transcript's script sent along with an event."""
    data: Any = event._data
    said = data.get(name) if isinstance(data, dict) else None
    return said if isinstance(said, str) else ""


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
