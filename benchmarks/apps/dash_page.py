"""The same page made with Dash: `python dash_page.py FIGURES PORT`, in an environment of its own.

It needs Dash alone (requirements/peers.txt), nothing of ours.
"""

import json
import sys
from pathlib import Path

from dash import Dash, Input, Output, dcc, html

path, port = sys.argv[1:]
figures = json.loads(Path(path).read_text(encoding="utf-8"))
indicators = list(figures)
months = list(figures[indicators[0]])

app = Dash(__name__, serve_locally=True)
app.layout = html.Div(
    [
        dcc.Dropdown(indicators, indicators[0], id="indicator", clearable=False),
        dcc.Dropdown(months, months[0], id="month", clearable=False),
        dcc.Graph(id="chart", config={"displaylogo": False}),
    ]
)


def draw(indicator: str, month: str) -> dict:
    """Return the figure that is chosen."""
    return figures[indicator][month]


wanted = Input("indicator", "value"), Input("month", "value")
app.callback(Output("chart", "figure"), *wanted)(draw)
app.run(host="127.0.0.1", port=int(port), debug=False)
