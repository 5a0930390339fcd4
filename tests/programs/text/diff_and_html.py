import difflib
import html

before = ["one", "two", "three", "four"]
after = ["one", "2", "three", "four", "five"]
print("\n".join(difflib.unified_diff(before, after, "before", "after", lineterm="")))
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]))
matcher = difflib.SequenceMatcher(None, "private volatile", "private Thread currentThread")
print(round(matcher.ratio(), 4), matcher.find_longest_match().size)
for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, "abxcd", "abcd").get_opcodes():
    print(tag, i1, i2, j1, j2)
escaped = html.escape('<a href="x">Tom & "Jerry"</a>')
print(escaped)
html.unescape(escaped) + html.unescape("&eacute;&#8364;")
