"""The month's reports: who filed none, by the data, and who filed late, by their register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shortplank.errors import ShortplankError
from shortplank.reading.gaps import (
    all_filed,
    by_town,
    counted_datasets,
    due_datasets,
    gaps_of_month,
)
from shortplank.reading.view import View, once
from shortplank.store import due_date
from shortplank.wording.naming import home_units
from shortplank.wording.periods import month_key


@dataclass(frozen=True)
class Reports:
    """Who has not filed the month's reports, and who filed late.

    ``kinds`` is how many kinds of reports were due, ``dated`` whether it is known when each came.
    """

    kinds: int
    dated: bool
    unreported: list[str]
    late: list[str]

    @property
    def all_clear(self) -> str:
        """Return that all is there, and in time where that is known; "" where it is not so."""
        if not self.kinds or self.unreported or self.late:
            return ""
        if self.dated:
            return f"各{home_units()}应报的 {self.kinds} 种报表均按时收到。"
        return f"各{home_units()}{all_filed(self.kinds)}；没有全部的报送记录，不知是否都按时。"


@once()
def reports_of(view: View) -> Reports:
    """Return what is missing of the month's reports, by the data, and late, by their register."""
    table = view.ask("reports_by_township", county=view.county.area_code, month=view.month)
    due = due_date(view.ws, view.month)
    counted, owed = counted_datasets(view), set(table["form"].to_pylist())
    unreported = by_town(gaps_of_month(view))
    late: dict[str, date] = {}
    uncounted: dict[str, list[str]] = {}
    for row in table.to_pylist():
        received = row["first_received"]
        if received is None and view.ws.forms[row["form"]].dataset not in counted:
            uncounted.setdefault(row["name"], []).append(row["form_label"])
        elif received is not None and received > due:
            late[row["name"]] = max(late.get(row["name"], due), received)
    unreported += [f"{name}：{'、'.join(forms)}" for name, forms in uncounted.items()]
    return Reports(
        kinds=len({*due_datasets(view), *(view.ws.forms[f].dataset for f in owed)}),
        dated=table.num_rows > 0 and table["first_received"].null_count == 0,
        unreported=unreported,
        late=[f"{name}（{day.month}月{day.day}日）" for name, day in late.items()],
    )


def refuse_unknown_month(view: View) -> None:
    """Raise `ShortplankError` for a month that the edition has no reports of."""
    months = view.ask("months_by_edition", county=view.county.area_code)["stat_month"].to_pylist()
    if view.month not in months:
        known = f"{month_key(min(months))} 至 {month_key(max(months))}" if months else "无"
        raise ShortplankError(
            f"第{view.edition}版里没有 {month_key(view.month)} 的月报", mend=f"可用的月份：{known}"
        )
