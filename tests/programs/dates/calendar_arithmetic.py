from datetime import date, timedelta
import calendar

start = date(2024, 2, 26)
days = [start + timedelta(days=n) for n in range(6)]
for d in days:
    print(d.isoformat(), d.strftime("%a %d %b %Y"), d.isocalendar().week, d.timetuple().tm_yday)
print((date(2024, 12, 25) - start).days, calendar.isleap(2024), calendar.monthrange(2024, 2))
print(calendar.month(2024, 2))
fridays_13 = [date(y, m, 13) for y in range(2023, 2026) for m in range(1, 13)
              if date(y, m, 13).weekday() == calendar.FRIDAY]
print(*fridays_13, sep=", ")
max(fridays_13) - min(fridays_13)
