from collections import deque

needs = {"shirt": [], "tie": ["shirt"], "jacket": ["tie", "belt"], "belt": ["trousers"],
         "trousers": [], "shoes": ["trousers", "socks"], "socks": []}

def order(needs):
    left = {name: set(before) for name, before in needs.items()}
    ready, done = deque(sorted(n for n, b in left.items() if not b)), []
    while ready:
        done.append(name := ready.popleft())
        del left[name]
        for other, before in sorted(left.items()):
            if name in before:
                before.discard(name)
                if not before:
                    ready.append(other)
    if left:
        raise ValueError(f"cycle among {sorted(left)}")
    return done

print(order(needs))
order({**needs, "socks": ["shoes"]})
