import csv
from collections import defaultdict

rows = [["name", "dept", "salary"], ["Ann", "R&D", 5200], ["Bob", "Sales", 4100], ["Cid, jr.", "R&D", 6100]]
with open("staff.csv", "w", newline="") as file:
    csv.writer(file).writerows(rows)
# %%
with open("staff.csv", newline="") as file:
    by_dept = defaultdict(list)
    for row in csv.DictReader(file):
        by_dept[row["dept"]].append((row["name"], int(row["salary"])))
with open("report.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, fieldnames=["dept", "count", "mean"], delimiter="\t", lineterminator="\n")
    writer.writeheader()
    for dept, people in sorted(by_dept.items()):
        writer.writerow({"dept": dept, "count": len(people), "mean": sum(p for _, p in people) / len(people)})
print(open("report.csv").read())
# %%
print(csv.Sniffer().sniff(open("report.csv").read()).delimiter == "\t", dict(by_dept))
list(csv.reader(['a,"b ""c"""', "1,2"], quoting=csv.QUOTE_ALL))
