"""Sandglass's engine: code agents that act by writing Python. Knows no user interface.

Public names are imported on first use, so that `import agent` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.code_agent import CodeAgent
    from agent.models.chat import HfApiModel, InferenceClientModel
    from agent.models.embedded.model import EmbeddedModel
    from agent.models.scripted import ScriptedModel
    from agent.session import Session
    from agent.tools.base import Tool, tool
    from agent.tools.final_answer import FinalAnswerTool
    from agent.tools.handed import Tell
    from agent.tools.mcp import MCPTools
    from agent.tools.read_file import ReadFileTool
    from agent.tools.results import File
    from agent.tools.visit_webpage import VisitWebpageTool
    from agent.tools.web_search import WebSearchTool

_HOME = {
    "CodeAgent": "agent.code_agent",
    "EmbeddedModel": "agent.models.embedded.model",
    "File": "agent.tools.results",
    "FinalAnswerTool": "agent.tools.final_answer",
    "HfApiModel": "agent.models.chat",
    "InferenceClientModel": "agent.models.chat",
    "MCPTools": "agent.tools.mcp",
    "ReadFileTool": "agent.tools.read_file",
    "ScriptedModel": "agent.models.scripted",
    "Session": "agent.session",
    "Tell": "agent.tools.handed",
    "Tool": "agent.tools.base",
    "VisitWebpageTool": "agent.tools.visit_webpage",
    "WebSearchTool": "agent.tools.web_search",
    "tool": "agent.tools.base",
}

__all__ = [
    "CodeAgent",
    "EmbeddedModel",
    "File",
    "FinalAnswerTool",
    "HfApiModel",
    "InferenceClientModel",
    "MCPTools",
    "ReadFileTool",
    "ScriptedModel",
    "Session",
    "Tell",
    "Tool",
    "VisitWebpageTool",
    "WebSearchTool",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
