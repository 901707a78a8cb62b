"""The words of a form: every header that it knows, as it is compared, with its meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.ingest.nearness import HEADERS, nearest
from shortplank.ingest.text import header_segments

# A column's meaning: ("month",), ("code",), ("parent",), ("name",), ("county",), ("parent_code",),
# ("county_code",), ("key", id), ("ignore",),
# ("measure", id), ("part", id, place), ("total", place), ("indicator",), ("figure", column).
Role = tuple[str, ...]
FIGURES = ("numerator", "denominator", "value", "published_rank")
# What an analyst says of a column that is none of the form's: accepted, and passed over.
NOT_READ = "不读"


class Words:
    """A form's headers; ``accepted`` are those that an analyst took in, with what they mean."""

    def __init__(
        self,
        form: Form,
        labels: Mapping[str, str] | None = None,
        accepted: Mapping[str, str] | None = None,
    ) -> None:
        self.form = form
        self._same: dict[str, str] = {}
        for one, others in form.synonyms.items():
            own = "".join(header_segments(one))
            self._same |= dict.fromkeys(("".join(header_segments(o)) for o in others), own)
        for header, meant in (accepted or {}).items():
            new, old = header_segments(header), header_segments(meant)
            if len(new) == len(old) == 1:  # one level, wherever it stands
                self._same[new[0]] = self._same.get(old[0], old[0])
        self._keys: dict[str, str] = {}
        self._split: dict[str, tuple[str, ...]] = {}
        self.roles: dict[str, Role] = {}
        self.shown: dict[str, str] = {}
        self._learn_form()
        self._learn_figures(labels or {})
        for header, meant in (accepted or {}).items():
            if role := self.roles.get(self.key(meant)):
                self.roles[self.key(header)] = role
        self.levels = {level for header in self.shown.values() for level in self.split(header)}

    def split(self, text: str) -> tuple[str, ...]:
        """Return a header's levels, each by the form's own spelling; a repeated one once."""
        found = self._split.get(text)
        if found is None:
            levels: list[str] = []
            for level in header_segments(text):
                level = self._same.get(level, level)
                if not levels or levels[-1] != level:
                    levels.append(level)
            found = self._split[text] = tuple(levels)
        return found

    def key(self, text: str) -> str:
        """Return a header, or its levels joined by "/", as it is compared."""
        found = self._keys.get(text)
        if found is None:
            joined = "".join(self.split(text))
            found = self._keys[text] = self._same.get(joined, joined)
        return found

    def nearest(self, text: str) -> str | None:
        """Return the known header that is most alike, as the form writes it."""
        levels = text.count("/")
        alike = [shown for shown in self.shown.values() if shown.count("/") == levels]
        return nearest(text, alike or self.shown.values(), HEADERS)

    def nearest_level(self, text: str) -> str | None:
        """Return the known level of a header that is most alike."""
        return nearest("".join(header_segments(text)), sorted(self.levels), HEADERS)

    def knows(self, text: str) -> bool:
        """Return whether a text is a header or a level of one."""
        return self.key(text) in self.roles or set(self.split(text)) <= self.levels

    # --- learning ----------------------------------------------------------------------------
    def _learn(self, headers: Iterable[str], *role: str) -> None:
        for header in headers:
            key = self.key(header)
            self.roles.setdefault(key, role)
            # The last spelling is the one that reports write and people read.
            self.shown[key] = header

    def _learn_form(self) -> None:
        form = self.form
        self._learn(form.month.headers if form.month else (), "month")
        self._learn(form.area.code_headers, "code")
        self._learn(form.area.parent_headers, "parent")
        self._learn(form.area.name_headers, "name")
        self._learn(form.area.county_headers, "county")
        self._learn(form.area.parent_code_headers, "parent_code")
        self._learn(form.area.county_code_headers, "county_code")
        for name, key in form.keys.items():
            self._learn(key.headers, "key", name)
        for measure, headers in form.columns.items():
            self._learn(headers, "measure", measure)
        for measure, parts in form.sums.items():
            for place, headers in enumerate(parts):
                self._learn(headers, "part", measure, str(place))
        for place, total in enumerate(form.totals):
            self._learn(total.headers, "total", str(place))
        self._learn((*form.ignore, NOT_READ), "ignore")

    def _learn_figures(self, labels: Mapping[str, str]) -> None:
        """Learn a bulletin's columns: indicators by figure, a value by its name alone."""
        figures = self.form.figures
        if figures is None:
            return
        for figure in FIGURES:
            self._learn([figure, *getattr(figures, figure)], "measure", figure)
        names = {key: (key, label) for key, label in labels.items()}
        names = {
            k: (*names.get(k, (k,)), *figures.indicators.get(k, ()))
            for k in {**names, **figures.indicators}
        }
        for indicator, spellings in names.items():
            for figure in FIGURES:
                words: Sequence[str] = getattr(figures, figure)
                paths = [f"{name}/{word}" for name in spellings for word in words]
                self._learn(paths, "measure", f"{indicator}.{figure}")
        for indicator, spellings in names.items():
            self._learn(spellings, "measure", f"{indicator}.value")


def indicator_names(form: Form, ws: Workspace) -> dict[str, str]:
    """Return what a bulletin's line may call an indicator, with its id: id, label, other names."""
    names = {key: key for key in ws.indicators}
    names |= {item.label: key for key, item in ws.indicators.items()}
    for key, others in (form.figures.indicators if form.figures else {}).items():
        names |= dict.fromkeys((key, *others), key)
    return names


def vocabularies(
    forms: Mapping[str, Form],
    ws: Workspace | None = None,
    accepted: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Words]:
    """Return the words of every form."""
    labels = {k: item.label for k, item in ws.indicators.items()} if ws else {}
    return {k: Words(form, labels, (accepted or {}).get(k)) for k, form in forms.items()}
