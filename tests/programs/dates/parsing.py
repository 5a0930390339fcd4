from datetime import datetime

RAW = ["2024-01-05", "05/02/2024", "March 7, 2024", "not a date", "2024-13-01", "1 Apr 24"]
FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%B %d, %Y", "%d %b %y"]


def parse(text):
    for pattern in FORMATS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


parsed = {text: parse(text) for text in RAW}
for text, found in parsed.items():
    print(f"{text:>15} -> {found:%A %j}" if found else f"{text:>15} -> ?")
good = sorted(filter(None, parsed.values()))
print(good[0].replace(hour=5).strftime("%I %p %y %W"))
datetime.strptime("2024-02-30", "%Y-%m-%d")
