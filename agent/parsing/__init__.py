"""A model's reply, piece by piece, becomes a thought and one code action, or a reply to the person.

The contract has two legal replies: brief reasoning and one fenced Python block (an action), or text
without a block (a reply). Models write many variants of that; all that mean an action are accepted.
"""

from agent.parsing.parser import ReplyParser
from agent.parsing.parts import Action, Code, Part, Reply, Thinking, Thought

__all__ = ["Action", "Code", "Part", "Reply", "ReplyParser", "Thinking", "Thought"]
