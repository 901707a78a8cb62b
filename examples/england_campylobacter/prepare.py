"""Keep of a Fingertips extract the counts of counties and unitary authorities at all ages."""

import csv
import sys

HEAD = ("month", "region code", "region", "area code", "area name", "cases", "population")
AREA = ("Parent Code", "Parent Name", "Area Code", "Area Name", "Count", "Denominator")

with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
    rows = [row for row in csv.DictReader(file) if row["Area Type"] == "County & UA"]
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    write = csv.writer(file).writerow
    write(HEAD)
    for row in rows:
        if row["Age"] == "All ages" and row["Count"]:
            write((f"{row['Time period']}-12", *(row[name] for name in AREA)))
