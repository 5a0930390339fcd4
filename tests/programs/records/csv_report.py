import csv
import io
from collections import defaultdict

data = '''date,region,product,units,price
2024-01-03,north,apples,10,1.20
2024-01-03,south,"pears, green",4,2.50
2024-01-04,north,apples,6,1.10
2024-01-05,east,"say ""hi""",1,10
'''
rows = list(csv.DictReader(io.StringIO(data)))
totals = defaultdict(float)
for row in rows:
    totals[row["region"]] += int(row["units"]) * float(row["price"])
for region in sorted(totals):
    print(f"{region:>6}: {totals[region]:8.2f}")
out = io.StringIO()
writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_MINIMAL)
writer.writerow(["region", "total"])
writer.writerows(sorted(totals.items()))
print(out.getvalue())
rows[1]["product"], rows[3]["product"]
