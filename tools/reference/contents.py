"""The pages of the reference: which files there are, their tables with models, and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from shortplank.catalogue import models as m
from shortplank.ingest import dhis2
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MEANINGS = {
    "org_unit": "DHIS2's id of the org unit.",
    "area_code": "The area's code in `areas.csv`; without a line the id itself is the code.",
    "data_element": "DHIS2's id of the data element.",
    "category_option_combo": "Id of its category option combo; blank: any.",
    "measure": "The measure that it stands for; without a line the id itself is the measure.",
    "combos": "`sum` where several combos are to be added, else blank; may be left out.",
}
ACCESS = """\
public = "https://board.county.example/board"

[local]

[oidc]
label = "县统一认证"
issuer = "https://sso.county.example"
client_id = "shortplank"
client_secret_file = "/etc/shortplank/oidc.secret"
scopes = ["openid", "profile", "groups"]
groups = "groups"
account = "preferred_username"

[[oidc.grants]]
group = "tongji"
role = "analyst"

[[oidc.grants]]
group = "fengpu"
role = "filer"
scope = "990101101"

[proxy]
user_header = "X-Remote-User"
groups_header = "X-Remote-Groups"
separator = ";"
secret_header = "X-Gate-Secret"
secret_file = "/etc/shortplank/proxy.secret"
sign_out = "https://sso.county.example/logout"

[[proxy.grants]]
user = "it"
role = "admin"

[[proxy.grants]]
group = "lingdao"
role = "viewer"

[metrics]
token_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

[api]
open = true
per_minute = 60
burst = 20
rows = 50000
"""
ALIASES = "area_code,alias\n990101101,峰浦乡\n"
UNITS = "org_unit,area_code\nO6uvpzGd5pu,990101101\n"
ELEMENTS = (
    "data_element,category_option_combo,measure,combos\n"
    "fbfJHSPpUQD,pq2XI5kz2BY,births_p1_m,\n"
    "cYeuwXTCPkU,,migrants_due,sum\n"
)


@dataclass(frozen=True)
class Example:
    """A file of a workspace, whole, or the part of it from one line to another."""

    place: str
    text: str
    whole: bool = True


@dataclass(frozen=True)
class Reference:
    """One page: a kind of file, what it is, its tables with their models, and its examples."""

    name: str
    title: str
    about: str
    tables: tuple[tuple[str, type[BaseModel] | Mapping[str, bool]], ...]
    examples: tuple[Example, ...]

    @property
    def is_csv(self) -> bool:
        """Return whether its files are registers, with columns in place of keys."""
        return self.examples[0].place.endswith(".csv")


def _file(place: str, first: str = "", last: str = "") -> Example:
    """Return a file of the demo county as an example, or the part from one text to another."""
    text = (DEMO / place).read_text(encoding="utf-8")
    if not first:
        return Example(place, text)
    start = text.index(first)
    return Example(place, text[start : text.index(last, start)].rstrip() + "\n", whole=False)


def _head(place: str, lines: int = 4) -> Example:
    """Return the first lines of a register of the demo county."""
    text = (DEMO / place).read_text(encoding="utf-8").splitlines(keepends=True)
    return Example(place, "".join(text[:lines]), whole=False)


def _measures() -> Example:
    """Return a line or two of each part of the demo county's measures."""
    place = "catalogue/measures.toml"
    wanted = ("[", "village_month ", "recount ", "pop_end ", "migrants_filed ", "recount_reported ",
              "births_m ", "births_out ", "births_largest ")  # fmt: skip
    lines = (DEMO / place).read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if line.startswith(wanted))
    return Example(place, kept.replace("\n[", "\n\n[") + "\n", whole=False)


def references() -> tuple[Reference, ...]:
    """Return every page of the reference, in the order of the index."""
    return (
        Reference(
            "workspace",
            "workspace.toml",
            "The workspace's own settings. It is required; so are `areas.csv` and the catalogue.",
            (
                ("", m.Settings),
                ("[disclosure]", m.Disclosure),
                ("[natural]", m.Natural),
                ("[audit]", m.Audit),
            ),
            (_file("workspace.toml"),),
        ),
        Reference(
            "access",
            "access.toml",
            "Who is let in, and how. It may be left out: then whoever starts the server on this "
            "machine is let in by the address that it prints, and nobody else. It is read anew "
            "at every look, so a line that is taken out counts at once. It holds no secret.",
            (
                ("", m.Access),
                ("[oidc]", m.Oidc),
                ("[proxy]", m.Proxy),
                ("[metrics]", m.Metrics),
                ("[api]", m.Api),
                ("[[oidc.grants]], [[proxy.grants]]", m.Grant),
            ),
            (Example("access.toml", ACCESS),),
        ),
        Reference(
            "areas",
            "areas.csv, successors.csv, aliases.csv",
            "The register of areas. Only `areas.csv` is required.",
            (("areas.csv", m.AreaLine), ("successors.csv", m.Successor), ("aliases.csv", m.Alias)),
            (_head("areas.csv"), _head("successors.csv"), Example("aliases.csv", ALIASES)),
        ),
        Reference(
            "peers",
            "peers.csv, class_history.csv",
            "The counties that the county is compared with. Both may be left out.",
            (("peers.csv", m.Peer), ("class_history.csv", m.ClassYear)),
            (_head("peers.csv"), _head("class_history.csv")),
        ),
        Reference(
            "registers",
            "registers/*.csv",
            "What holds from a day on, each line with its document. All may be left out.",
            (
                ("registers/status.csv", m.Status),
                ("registers/support.csv", m.Support),
                ("registers/targets.csv", m.Target),
                ("registers/posts.csv", m.Post),
            ),
            tuple(
                _head(f"registers/{name}.csv") for name in ("status", "support", "targets", "posts")
            ),
        ),
        Reference(
            "measures",
            "catalogue/measures.toml",
            "What is counted. It is required.",
            (
                ("", m.Measures),
                ("[datasets]", m.Dataset),
                ("[measures]", m.Measure),
                ("[derived]", m.Derived),
            ),
            (_measures(),),
        ),
        Reference(
            "indicators",
            "catalogue/indicators/*.toml",
            "The indicators' cards. Each table `[id]` of each file is one; which file it stands in "
            "does not matter.",
            (("[id]", m.Indicator), ("thresholds", m.Threshold)),
            (_file("catalogue/indicators/service.toml"),),
        ),
        Reference(
            "forms",
            "catalogue/forms/*.toml",
            "How a report is read. Each file is one form, called by the file's name.",
            (
                ("", m.Form),
                ("[month]", m.FormMonth),
                ("[area]", m.FormArea),
                ("[reading]", m.FormReading),
                ("[keys.id]", m.FormKey),
                ("[[totals]]", m.FormTotal),
                ("[figures]", m.FormFigures),
            ),
            (_file("catalogue/forms/recount.toml"), _file("catalogue/forms/peer_month.toml")),
        ),
        Reference(
            "rules",
            "catalogue/rules.toml",
            "Checks of a report's rows, each `[[rule]]` one. It may be left out.",
            (("[[rule]]", m.Rule),),
            (_file("catalogue/rules.toml", "[[rule]]", "\n[[rule]]"),),
        ),
        Reference(
            "scheme",
            "catalogue/scheme.toml",
            "What heads the overview, and how the composite, inspections and points weigh. It is "
            "required.",
            (
                ("", m.Scheme),
                ("[[composite]]", m.CompositeItem),
                ("[inspection]", m.InspectionRule),
                ("[[points]]", m.PointsScheme),
                ("rules of points", m.PointsRule),
            ),
            (_file("catalogue/scheme.toml"),),
        ),
        Reference(
            "events",
            "catalogue/events.toml",
            "Dated events, each `[[event]]` one. It may be left out.",
            (("[[event]]", m.Event),),
            (_file("catalogue/events.toml"),),
        ),
        Reference(
            "dhis2",
            "dhis2/*.csv",
            "Which area and measure DHIS2's ids stand for: UTF-8, commas, the columns in this "
            "order. Both may be left out.",
            (
                (dhis2.ORG_UNITS, dict.fromkeys(dhis2.UNIT_COLUMNS, True)),
                (
                    dhis2.DATA_ELEMENTS,
                    {**dict.fromkeys(dhis2.ELEMENT_COLUMNS, True), dhis2.COMBOS: False},
                ),
            ),
            (Example(dhis2.ORG_UNITS, UNITS), Example(dhis2.DATA_ELEMENTS, ELEMENTS)),
        ),
    )
