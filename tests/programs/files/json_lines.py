import io
import json

with open("log.jsonl", "w") as out:
    for i in range(5):
        json.dump({"i": i, "square": i * i, "odd": bool(i % 2)}, out)
        out.write("\n")
with open("log.jsonl") as lines:
    records = [json.loads(line) for line in lines]
print([r["square"] for r in records if r["odd"]])
with open("config.json", "w") as f:
    json.dump({"b": [1, 2], "a": None}, f, indent=2, sort_keys=True)
print(json.load(open("config.json")) == {"a": None, "b": [1, 2]})
buffer = io.StringIO("x\ny\n")
print(buffer.readlines(), buffer.seek(0), buffer.read(1), buffer.getvalue())
with io.BytesIO() as raw:
    raw.write(b"abc")
    wrapped = raw.getvalue()
print(wrapped, raw.closed, io.StringIO("q").read())
with open("latin.txt", "w", encoding="latin-1") as f:
    f.write("é")
open("latin.txt", encoding="utf-8").read()
