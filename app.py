"""The composition root: settings, services, page, launch; nothing else."""

from __future__ import annotations

import logging
import os
import sys

# Gradio reads these when it is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_RUN_HISTORY", "False")

from agent import EmbeddedModel, InferenceClientModel, VisitWebpageTool, WebSearchTool
from agent.errors import ConfigurationError
from agent.models.catalogue import (
    CUSTOM,
    EMBEDDED,
    HUB_MODELS,
    ModelChoice,
    default_choice,
    hub_choice,
)
from agent.models.rate_limit import Rate
from agent.services import AgentDefaults, OfferedModel, Services
from agent.settings import Settings, load_settings
from executors.base import Limits
from executors.e2b.executor import PROTECTIONS
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from executors.local.lockdown import supported
from executors.local.walls import protections

DATA_LIBRARIES = {
    "numpy": "numpy",
    "pandas": "pandas",
    "matplotlib": "matplotlib.pyplot",
    "PIL": "PIL.Image",
}
"""What code may import unless the operator says otherwise, and what of it workers have ready."""


def offered_models(settings: Settings) -> list[OfferedModel]:
    """What the picker offers; the default comes first."""
    token = settings.hf_token.get_secret_value() if settings.hf_token else ""
    limited = settings.requests_per_minute or settings.tokens_per_minute
    rate = Rate(requests=settings.requests_per_minute, tokens=settings.tokens_per_minute)

    def from_hub(choice: ModelChoice) -> OfferedModel:
        return OfferedModel(
            choice=choice,
            make=lambda key: InferenceClientModel(choice.id, token=key or token),
            has_key=bool(token),
            rate=choice.rate or (rate if limited else None),
        )

    embedded = OfferedModel(
        choice=EMBEDDED,
        make=lambda _: EmbeddedModel(path=settings.model_path, cache_dir=settings.cache_dir),
        has_key=True,
        shared=True,
    )
    offers = {choice.id: from_hub(choice) for choice in HUB_MODELS} | {EMBEDDED.id: embedded}
    if settings.base_url:
        offers[CUSTOM.id] = OfferedModel(
            choice=CUSTOM,
            make=lambda key: _own_server(settings, key),
            has_key=True,
            rate=rate if limited else None,
        )
    default = default_choice(base_url=settings.base_url, hf_token=token, model=settings.model)
    for wanted in (default, *settings.fallback_models):
        if wanted not in offers:
            offers[wanted] = from_hub(hub_choice(wanted))
    return sorted(offers.values(), key=lambda offer: offer.choice.id != default)


def _own_server(settings: Settings, key: str) -> InferenceClientModel:
    own = settings.base_url_key.get_secret_value() if settings.base_url_key else ""
    return InferenceClientModel(
        settings.model or "default", base_url=settings.base_url, api_key=key or own
    )


def build_services(settings: Settings) -> Services:
    """Everything that the page needs, made from the settings."""

    def e2b(key: str) -> E2BExecutorFactory:
        own = settings.e2b_api_key.get_secret_value() if settings.e2b_api_key else ""
        return E2BExecutorFactory(
            api_key=key or own,
            domain=settings.e2b_domain or "",
            api_url=settings.e2b_api_url or "",
            sandbox_url=settings.e2b_sandbox_url or "",
            template=settings.e2b_template or "",
            internet=settings.e2b_internet,
            sandboxes=settings.e2b_sandboxes,
        )

    # Data libraries reach memory and files by themselves, so they need the kernel's wall. Where it
    # is not there, they are for the operator to authorise.
    chosen, gaps = settings.authorized_imports, supported()
    imports = tuple(DATA_LIBRARIES) if chosen is None and not gaps else chosen or ()
    return Services(
        models=offered_models(settings),
        local=lambda: LocalExecutorFactory(
            spares=1,
            preload=[part for name, part in DATA_LIBRARIES.items() if name in imports],
            require_lockdown=chosen is None and bool(imports),
        ),
        e2b=e2b,
        has_e2b_key=settings.e2b_api_key is not None,
        defaults=AgentDefaults(
            tools=(VisitWebpageTool(), WebSearchTool()),
            additional_authorized_imports=imports,
            max_steps=settings.max_steps,
            limits=Limits(seconds=settings.cell_seconds, memory_bytes=settings.memory_mb << 20),
        ),
        fallbacks=settings.fallback_models,
        protections={"local": protections(gaps), "e2b": PROTECTIONS},
    )


def main() -> None:
    """Read the settings, show the page, and leave nothing behind at the end."""
    try:
        settings = load_settings()
    except ConfigurationError as exc:
        sys.exit(f"Sandglass cannot start. {exc}")
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("httpx", "httpx2", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

    from ui.page import build_page, launch_options
    from ui.server import serve
    from ui.sessions import SessionStore
    from ui.sign_in import offers_sign_in

    services = build_services(settings)
    store = SessionStore(
        services,
        limit=settings.max_sessions,
        runs=settings.max_runs,
        idle_seconds=settings.idle_minutes * 60,
    )

    async def close() -> None:
        try:
            await store.aclose()
        finally:
            await services.aclose()

    serve(
        build_page(services, store=store, sign_in=offers_sign_in(os.environ)),
        launch_options(),
        host=settings.host,
        port=settings.port,
        warm=services.warm,
        close=close,
    )


if __name__ == "__main__":
    main()
