class Query:
    def __init__(self, table, parts=None):
        self._table = table
        self._parts = parts or {}

    def _with(self, **change):
        return Query(self._table, {**self._parts, **change})

    def where(self, **conditions):
        return self._with(where={**self._parts.get("where", {}), **conditions})

    def select(self, *columns): return self._with(select=columns)
    def limit(self, n, /): return self._with(limit=n)

    def __str__(self):
        columns = ", ".join(self._parts.get("select", ())) or "*"
        text = f"SELECT {columns} FROM {self._table}"
        if where := self._parts.get("where"):
            text += " WHERE " + " AND ".join(f"{k} = {v!r}" for k, v in where.items())
        if "limit" in self._parts:
            text += f" LIMIT {self._parts['limit']}"
        return text


base = Query("users")
print(base.where(age=30).select("name", "id").where(city="Rome").limit(5))
print(base)
base.limit(n=3)
