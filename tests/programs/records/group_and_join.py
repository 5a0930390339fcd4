from itertools import groupby
from operator import itemgetter

people = [
    {"id": 1, "name": "Ann", "dept": 10}, {"id": 2, "name": "Bob", "dept": 20},
    {"id": 3, "name": "Cid", "dept": 10}, {"id": 4, "name": "Dee", "dept": 99},
]
departments = {10: "Sales", 20: "Lab", 30: "Shop"}
joined = [{**p, "dept_name": departments.get(p["dept"], "?")} for p in people]
joined.sort(key=itemgetter("dept_name", "name"))
for name, group in groupby(joined, key=itemgetter("dept_name")):
    members = [m["name"] for m in group]
    print(f"{name}: {', '.join(members)} ({len(members)})")
pivot = {}
for p in people:
    pivot.setdefault(p["dept"], []).append(p["id"])
print(pivot, {k: v for k, v in departments.items() if k not in pivot})
(pivot | {30: []}) | {10: None}
