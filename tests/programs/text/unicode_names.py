import unicodedata

word = "Ça va? Naïve façade – Straße ﬁn"
plain = "".join(
    c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)
)
print(plain, len(word), len(unicodedata.normalize("NFD", word)))
for ch in "é→漢😀\u00a0":
    print(repr(ch), unicodedata.name(ch, "?"), unicodedata.category(ch), hex(ord(ch)))
print("straße".casefold() == "STRASSE".casefold(), "ß".upper(), "İ".lower().encode())
print("漢字かな交じり"[::-1], "日本".encode("utf-8"), b"\xe6\x97\xa5".decode())
print("naïve".encode("ascii", "xmlcharrefreplace"), "\N{GREEK SMALL LETTER ALPHA}")
größe = 3
größe * "∑"
