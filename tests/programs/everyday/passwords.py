import random
import re
import string
RULES = {"long": r".{8,}", "lower": "[a-z]", "upper": "[A-Z]", "digit": r"\d", "special": r"[^\w\s]"}
def weak(password): return [name for name, rule in RULES.items() if not re.search(rule, password)]
for p in ["secret", "Secret123", "S3cret!word"]:
    print(p, weak(p) or "strong")
rng = random.Random(99)
while weak(made := "".join(rng.choices(string.ascii_letters + string.digits + "!?#", k=10))):
    print("again")
made
