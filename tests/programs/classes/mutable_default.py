from dataclasses import dataclass

@dataclass
class Wrong:
    items: list = []
