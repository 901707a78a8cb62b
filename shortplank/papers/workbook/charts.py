"""Native charts of the workbook, in the pages' palette; each refers to cells of its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shortplank.drawing.table_book import FONT
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable
from shortplank.papers.workbook.writer import ROW_PIXELS, Box

# Years before this one, the further the paler.
_PAST = ("#9AA1AB", "#B7BDC5", LIGHT.too_few)


def new_chart(book: Any, kind: str, title: str, *, stacked: bool = False) -> Any:
    """Return an empty chart under its title in the house's type; it shows filtered rows too."""
    chart = book.add_chart({"type": kind} | ({"subtype": "stacked"} if stacked else {}))
    chart.set_title({"name": printable(title), "name_font": _font(11, LIGHT.ink), "overlay": False})
    chart.set_chartarea({"border": {"color": LIGHT.grid}, "fill": {"color": LIGHT.paper}})
    chart.show_hidden_data()
    return chart


def _font(size: int, colour: str, *, turned: int = 0) -> dict[str, Any]:
    font = {"name": FONT, "size": size, "color": colour, "bold": False}
    return {**font, "rotation": turned} if turned else font


def axes(
    chart: Any,
    *,
    unit: str = "",
    bounds: tuple[float, float, float] | None = None,
    form: str = "General",
    reverse: bool = False,
    turned: bool = False,
    every: int = 0,
    across: str = "",
) -> None:
    """Give a chart its axes; reversed, the table's last row stands at the left."""
    line = {"color": LIGHT.muted}
    x: dict[str, Any] = {"num_font": _font(9, LIGHT.muted, turned=-45 if turned else 0)}
    x |= {"line": line, "reverse": reverse, "label_position": "low", "text_axis": True}
    x |= {"interval_unit": every, "interval_tick": every} if every else {}
    x |= {"name": printable(across), "name_font": _font(9, LIGHT.muted)} if across else {}
    chart.set_x_axis(x)
    y: dict[str, Any] = {"num_font": _font(9, LIGHT.muted), "num_format": form}
    y |= {"major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}}}
    y |= {"line": {"none": True}, "label_position": "high" if reverse else "next_to"}
    y |= dict(zip(("min", "max", "major_unit"), bounds, strict=True)) if bounds else {}
    y |= {"name": printable(unit), "name_font": _font(9, LIGHT.muted)} if unit else {}
    chart.set_y_axis(y)


def legend(chart: Any, shown: bool = True, hidden: Sequence[int] = ()) -> None:
    """Show the legend below a chart, or none."""
    if not shown:
        chart.set_legend({"none": True})
        return
    below = {"position": "bottom", "font": _font(9, LIGHT.muted)}
    chart.set_legend({**below, "delete_series": list(hidden)} if hidden else below)


def line(
    name: str,
    categories: list[Any],
    values: list[Any],
    colour: str,
    *,
    wide: float = 2.25,
    dashed: bool = False,
) -> dict[str, Any]:
    """Return a line of values."""
    drawn = {"color": colour, "width": wide} | ({"dash_type": "dash"} if dashed else {})
    return {
        "name": printable(name),
        "categories": categories,
        "values": values,
        "line": drawn,
        "marker": {"type": "none"},
    }


def dots(
    name: str,
    categories: list[Any],
    values: list[Any],
    colours: Sequence[str],
    limits: tuple[list[Any], list[Any]] | None = None,
) -> dict[str, Any]:
    """Return dots in colours of their own; ``limits`` are how far each goes up and down."""
    marker = {"type": "circle", "size": 8}
    drawn: dict[str, Any] = {
        "name": printable(name),
        "categories": categories,
        "values": values,
        "line": {"none": True},
        "marker": {**marker, **_filled(LIGHT.similar)},
        "points": [_filled(colour) for colour in colours],
    }
    if limits is not None:
        drawn["y_error_bars"] = {
            "type": "custom",
            "plus_values": reference(limits[0]),
            "minus_values": reference(limits[1]),
            "end_style": 0,
            "line": {"color": LIGHT.similar, "width": 1.25},
        }
    return drawn


def bars(
    name: str,
    categories: list[Any],
    values: list[Any],
    colours: Sequence[str],
    *,
    gap: int = 40,
) -> dict[str, Any]:
    """Return bars in a colour each, or all in one."""
    drawn: dict[str, Any] = {
        "name": printable(name),
        "categories": categories,
        "values": values,
        "gap": gap,
        "fill": {"color": colours[0] if colours else LIGHT.similar},
    }
    if len(set(colours)) > 1:
        drawn["points"] = [{"fill": {"color": colour}} for colour in colours]
    return drawn


def reference(cells: list[Any]) -> str:
    """Return cells as a formula: only error bars ask for them so.

    >>> reference(["表'一", 4, 1, 9, 1])
    "='表''一'!$B$5:$B$10"
    """
    from xlsxwriter.utility import xl_range_abs  # part of the writer that is loaded by then

    name, *places = cells
    quoted = str(name).replace("'", "''")
    return f"='{quoted}'!{xl_range_abs(*places)}"


def _filled(colour: str) -> dict[str, Any]:
    return {"fill": {"color": colour}, "border": {"color": colour}}


def past_colours(years: int) -> list[str]:
    """Return the colours of so many years' lines, the last one of them now."""
    past = list(reversed(_PAST[: max(years - 1, 0)]))
    past = [_PAST[-1]] * (years - 1 - len(past)) + past
    return [*past, LIGHT.ink][-years:] if years else []


def place(sheet: Any, chart: Any, box: Box, *, down: float = 0, rows: float, told: str) -> None:
    """Put a chart into its room, so many rows of it, with what it shows as its other text."""
    chart.set_size({"width": box.width, "height": int(rows * ROW_PIXELS)})
    sheet.insert_chart(
        box.row,
        box.column,
        chart,
        {"y_offset": int(down * ROW_PIXELS), "object_position": 2, "description": printable(told)},
    )


def bounds_of(values: Sequence[float | None]) -> tuple[float, float, float] | None:
    """Return round ends and step of an axis that need not begin at zero, as bars must.

    >>> bounds_of([62.1, 88.0]), bounds_of([None])
    ((55, 95, 5), None)
    """
    known = [v for v in values if v is not None and v == v]
    if not known:
        return None
    low, high = min(known), max(known)
    span = max(high - low, 1e-9)
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 50, 100, 10**9) if span <= 8 * s)
    bottom, top = (low - 0.15 * span) // step * step, -(-(high + 0.15 * span) // step) * step
    bottom = max(bottom, 0.0) if low >= 0 else bottom
    top = top if top > bottom else bottom + step
    low, high, each = (int(v) if v == int(v) else v for v in (bottom, top, step))
    return low, high, each
