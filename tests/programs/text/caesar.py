def shift(text, by):
    result = ""
    for ch in text:
        if ch.isalpha():
            base = ord("A") if ch.isupper() else ord("a")
            result += chr((ord(ch) - base + by) % 26 + base)
        else:
            result += ch
    return result


secret = shift("Meet me at Noon, by the old Bridge!", 7)
print(secret)
for k in range(26):
    if "Bridge" in (plain := shift(secret, -k)):
        print(k, plain)
        break
