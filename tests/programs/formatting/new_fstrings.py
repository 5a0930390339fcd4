# needs Python 3.12
songs = {"a": ["x", "y"]}
print(f"{"quotes"} {songs["a"]} {", ".join(songs["a"])} {f"{f"{1 + 1}"}"}")
print(f"{
    sum(  # a comment
        [1, 2]
    )
} {'\n'.join(songs['a'])!r}")
