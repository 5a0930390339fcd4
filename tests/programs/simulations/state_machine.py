from collections import defaultdict
from enum import Enum, auto


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    DONE = auto()


class Machine:
    _moves = defaultdict(dict)
    __slots__ = ("_state", "_seen")

    @classmethod
    def on(cls, before, event, after):
        def register(action):
            cls._moves[before][event] = (after, action)
            return action
        return register

    def __init__(self):
        self._state, self._seen = State.IDLE, []

    def fire(self, event):
        try:
            after, action = self._moves[self._state][event]
        except KeyError:
            raise RuntimeError(f"no {event!r} while {self._state.name}") from None
        action(self, event)
        self._state = after
        return self


@Machine.on(State.IDLE, "start", State.RUNNING)
@Machine.on(State.PAUSED, "resume", State.RUNNING)
@Machine.on(State.RUNNING, "pause", State.PAUSED)
@Machine.on(State.RUNNING, "finish", State.DONE)
def note(machine, event):
    machine._seen.append(f"{machine._state.name}:{event}")


m = Machine().fire("start").fire("pause").fire("resume").fire("finish")
print(m._seen, m._state)
m.fire("start")
