from collections import Counter
from datetime import date, datetime, time, timedelta

born, today = date(1990, 7, 15), date(2024, 7, 14)
age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
print(age, today.toordinal() - born.toordinal())


def working_days(a, b, holidays=frozenset()):
    while a <= b:
        if a.weekday() < 5 and a not in holidays:
            yield a
        a += timedelta(1)


print(len(list(working_days(date(2024, 1, 1), date(2024, 1, 31), {date(2024, 1, 1)}))))
print(Counter(date(2024, m, 1).strftime("%A") for m in range(1, 13)).most_common(3))
shift = datetime.combine(today, time(22, 30)) + timedelta(hours=8, minutes=45)
print(shift, shift.time(), shift.date() > today, timedelta(minutes=500), -timedelta(seconds=1))
divmod(timedelta(hours=50), timedelta(days=1)), timedelta(hours=1) / timedelta(minutes=7)
