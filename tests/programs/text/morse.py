MORSE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", """.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-..
-- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..""".split()))
BACK = {code: letter for letter, code in MORSE.items()}
sent = " / ".join(" ".join(MORSE[c] for c in word) for word in "SEND HELP NOW".split())
print(sent)
print(" ".join("".join(BACK[c] for c in word.split()) for word in sent.split(" / ")))
assert len(BACK) == 26, "codes must differ"
