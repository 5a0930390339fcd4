import json

events = json.loads("""[
  {"kind": "login", "user": {"name": "ann", "roles": ["admin", "dev"]}},
  {"kind": "login", "user": {"name": "bob", "roles": []}},
  {"kind": "buy", "items": [{"sku": "a", "n": 2}, {"sku": "b", "n": 1}], "total": 12.5},
  {"kind": "buy", "items": [], "total": 0},
  {"kind": "error", "code": 404}, {"kind": "error", "code": 503, "retry": true},
  {"what": 1}, [1, 2], "text"]""")
for event in events:
    match event:
        case {"kind": "login", "user": {"name": str(name), "roles": [*_, "dev"]}}:
            print("developer", name)
        case {"kind": "login", "user": {"name": name}}:
            print("user", name)
        case {"kind": "buy", "items": [{"sku": first}, *more], "total": float() | int() as total}:
            print("bought", first, "and", len(more), "more for", total)
        case {"kind": "buy", "total": 0 | 0.0}:
            print("bought nothing")
        case {"kind": "error", "code": int(code), **rest} if 500 <= code < 600:
            print("server error", code, rest)
        case {"kind": "error", "code": code}:
            print("client error", code)
        case {} | []:
            print("strange", event)
        case unknown:
            print("unknown", unknown)
