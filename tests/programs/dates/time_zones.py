from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

meeting = datetime(2024, 3, 30, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))
for name in ["America/New_York", "Asia/Tokyo", "UTC", "Australia/Lord_Howe"]:
    local = meeting.astimezone(ZoneInfo(name))
    print(f"{name:<20} {local:%Y-%m-%d %H:%M %Z%z}")
after = meeting + timedelta(days=1)
print(meeting.utcoffset(), after.utcoffset(), after.astimezone(timezone.utc).isoformat())
folded = [datetime(2024, 10, 27, 2, 30, fold=f, tzinfo=ZoneInfo("Europe/Berlin")) for f in (0, 1)]
print([str(d) for d in folded])
print(datetime.fromtimestamp(0, tz=timezone(timedelta(hours=-5), "EST")).isoformat())
datetime.fromisoformat("2024-05-06T07:08:09+02:00").timestamp()
