"""Refuse names that point nowhere, and villages for what the catalogue keeps above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from shortplank.catalogue.models import (
    LEVELS,
    REGISTER_MEASURES,
    Alias,
    Area,
    Post,
    Status,
    Support,
    Target,
)
from shortplank.catalogue.workspace import Workspace
from shortplank.errors import WorkspaceError

MEASURES, INDICATORS, SCHEME = (
    "catalogue/measures.toml",
    "catalogue/indicators",
    "catalogue/scheme.toml",
)
MEND = "请改正后重试"
HOMES = ("county", "province")
LEVEL_WORDS = {"province": "省", "county": "县", "township": "乡镇", "village": "村"}


def check_references(ws: Workspace) -> None:
    """Raise `WorkspaceError` for the first name that points nowhere."""
    _check_areas(ws)
    _check_successors(ws)
    _check_totals(ws)
    _check_measures(ws)
    _check_indicators(ws)
    _check_procedures(ws)
    _check_forms_and_rules(ws)
    _check_scheme_and_events(ws)
    _check_registers(ws)


def _check_areas(ws: Workspace) -> None:
    areas, place = ws.area_by_code, "areas.csv"
    home = areas.get(ws.settings.home)
    if home is None or home.level not in HOMES:
        raise WorkspaceError(
            f"键 home：登记册中没有县 {ws.settings.home}",
            place="workspace.toml",
            mend="请改为 areas.csv 中一个 level=county（全省合用时 level=province）的代码",
        )
    for area in areas.values():
        parent = areas.get(area.parent_code)
        # A county's own parent is a line of the register only where there is a province.
        if area.level == "province" or (area.level == "county" and parent is None):
            continue
        who = f"{area.area_code} {area.name} 的上级 {area.parent_code}"
        if parent is None:
            raise WorkspaceError(
                f"{who} 不在登记册中", place=place, mend="请补上上级单位或改正代码"
            )
        if LEVELS.index(parent.level) != LEVELS.index(area.level) - 1:
            raise WorkspaceError(
                f"{who} 不是它的上一级",
                place=place,
                mend="村的上级须是乡镇，乡镇的上级须是县，县的上级须是省",
            )
    _check_periods(ws.areas)


def _check_periods(areas: Sequence[Area]) -> None:
    """Two lines may share a code only as two periods of one area (a new name, a new parent)."""
    repeated = {code for code, count in Counter(a.area_code for a in areas).items() if count > 1}
    lines: dict[str, list[Area]] = {code: [] for code in repeated}
    for area in areas:
        if area.area_code in repeated:
            lines[area.area_code].append(area)
    for code, same in lines.items():
        for a, b in combinations(same, 2):
            apart = (a.valid_to and a.valid_to < b.valid_from) or (
                b.valid_to and b.valid_to < a.valid_from
            )
            if not apart or a.level != b.level:
                raise WorkspaceError(
                    f"代码 {code} 重复，起止日期重叠或级别不同",
                    place="areas.csv",
                    mend="请只留一行，或改正 valid_from 和 valid_to",
                )


def _check_successors(ws: Workspace) -> None:
    heirs: dict[str, str] = {}
    for number, row in enumerate(ws.successors, start=2):
        place = f"successors.csv 第 {number} 行"
        for code in (row.old_code, row.new_code):
            if code not in ws.area_by_code:
                raise WorkspaceError(
                    f"登记册中没有单位 {code}",
                    place=place,
                    mend="请在 areas.csv 登记，或改正代码",
                )
        if row.old_code in heirs:
            raise WorkspaceError(
                f"{row.old_code} 已有去向 {heirs[row.old_code]}",
                place=place,
                mend="一个旧代码只能有一个去向",
            )
        heirs[row.old_code] = row.new_code
        code = row.new_code
        while (code := heirs.get(code, "")) and code != row.new_code:
            pass
        if code or row.old_code == row.new_code:
            raise WorkspaceError(
                f"{row.old_code} 的去向绕回了自己", place=place, mend="请改正新旧代码"
            )


def _check_measures(ws: Workspace) -> None:
    for key, measure in ws.measures.items():
        if measure.dataset not in ws.datasets:
            raise WorkspaceError(
                f"键 measures.{key}.dataset：没有数据集 {measure.dataset}",
                place=MEASURES,
                mend=MEND,
            )
        if measure.matched and not _one_dataset(ws, measure.matched):
            raise WorkspaceError(
                f"键 measures.{key}.matched：{measure.matched} 不是一个数据集的度量",
                place=MEASURES,
                mend=MEND,
            )
        if unknown := set(measure.filter) - set(ws.datasets[measure.dataset].keys):
            raise WorkspaceError(
                f"键 measures.{key}.filter：数据集 {measure.dataset} 没有键列 {min(unknown)}",
                place=MEASURES,
                mend=MEND,
            )


def _one_dataset(ws: Workspace, name: str) -> bool:
    return len({ws.measures[leaf].dataset for leaf in ws.leaves([name])}) == 1


def _check_totals(ws: Workspace) -> None:
    known = {*ws.measures, *ws.derived, *REGISTER_MEASURES}
    for key, total in ws.derived.items():
        for part in (*total.plus, *total.minus):
            if part not in known:
                raise WorkspaceError(
                    f"键 derived.{key}：没有度量 {part}", place=MEASURES, mend=MEND
                )
        if total.op == "max" and (total.minus or set(total.plus) - set(ws.measures)):
            raise WorkspaceError(
                f"键 derived.{key}：取最大数的合计只能由度量组成", place=MEASURES, mend=MEND
            )
        if key in ws.measures:
            raise WorkspaceError(
                f"键 derived.{key}：与度量同名", place=MEASURES, mend="请换一个名称"
            )
    for key in ws.derived:
        _walk(ws, key, ())


def _walk(ws: Workspace, key: str, above: tuple[str, ...]) -> None:
    if key in above:
        raise WorkspaceError(f"键 derived.{key}：合计绕回了自己", place=MEASURES, mend=MEND)
    if key in ws.derived:
        for part in (*ws.derived[key].plus, *ws.derived[key].minus):
            _walk(ws, part, (*above, key))


def _check_indicators(ws: Workspace) -> None:
    known = {*ws.measures, *ws.derived, *REGISTER_MEASURES}
    for key, item in ws.indicators.items():
        for part in (*item.numerator, *item.denominator):
            if part not in known:
                raise WorkspaceError(f"指标 {key}：没有度量 {part}", place=INDICATORS, mend=MEND)
        for leaf in sorted(ws.leaves((*item.numerator, *item.denominator))):
            measure = ws.measures[leaf]
            lowest = measure.level or ws.datasets[measure.dataset].level
            if any(LEVELS.index(level) > LEVELS.index(lowest) for level in item.levels):
                raise WorkspaceError(
                    f"指标 {key}：度量 {leaf} 没有这样低的级别",
                    place=INDICATORS,
                    mend="请从 levels 中删去更低的级别",
                )


def _check_procedures(ws: Workspace) -> None:
    """Refuse villages for procedures, pregnancies and fees, and them in another family.

    There they could be aimed at.
    """
    for key, item in ws.indicators.items():
        if item.family == "procedure" and "village" in item.levels:
            raise WorkspaceError(
                f"指标 {key}：手术、孕情和费用类指标只到乡镇",
                place=INDICATORS,
                mend="请从 levels 中删去 village",
            )
    counted = {
        leaf: item.label
        for item in ws.indicators.values()
        if item.family == "procedure"
        for leaf in ws.leaves((*item.numerator, *item.denominator))
    }
    for key, item in ws.indicators.items():
        shared = ws.leaves((*item.numerator, *item.denominator)) & set(counted)
        if shared and item.family != "procedure":
            leaf = min(shared)
            raise WorkspaceError(
                f"指标 {key}：“{ws.measures[leaf].label}”是手术、孕情或费用（见“{counted[leaf]}”）",
                place=INDICATORS,
                mend="类别（family）须是 procedure，不设目标，不作判断",
            )


def _check_copies(ws: Workspace) -> None:
    """Refuse two copies of a form: each would be expected of every area, and one always missing.

    A sync program and a file manager leave them (``village_month - 副本.toml``). What makes a copy
    is what it reads and what it is called, not its file's name.
    """
    seen: dict[object, str] = {}
    for key, form in ws.forms.items():
        reads = form.model_dump_json(include={"dataset", "columns", "figures", "title", "keys"})
        for mark in (form.label, reads):
            if mark in seen:
                raise WorkspaceError(
                    f"与 {seen[mark]}.toml 是同一张表（{form.label}）",
                    place=f"catalogue/forms/{key}.toml",
                    mend="请只留一份，把另一份移出这个文件夹",
                )
        seen |= {form.label: key, reads: key}


def _check_forms_and_rules(ws: Workspace) -> None:
    _check_copies(ws)
    for key, form in ws.forms.items():
        place = f"catalogue/forms/{key}.toml"
        if form.dataset not in ws.datasets:
            raise WorkspaceError(f"键 dataset：没有数据集 {form.dataset}", place=place, mend=MEND)
        for column in form.columns:
            if column not in ws.measures or ws.measures[column].dataset != form.dataset:
                raise WorkspaceError(
                    f"键 columns.{column}：数据集 {form.dataset} 没有这个度量",
                    place=place,
                    mend=MEND,
                )
    for rule in ws.rules:
        for name in (*rule.left, *rule.right):
            if name not in {*ws.measures, *ws.derived}:
                raise WorkspaceError(
                    f"规则 {rule.id}：没有度量 {name}", place="catalogue/rules.toml", mend=MEND
                )


def _check_scheme_and_events(ws: Workspace) -> None:
    scheme = ws.scheme
    named = [*scheme.headline, scheme.default_indicator, scheme.short_plank_default]
    named += [item.indicator for item in scheme.composite]
    _need_indicators(ws, named, SCHEME)
    _check_points(ws)
    for number, event in enumerate(ws.events, start=1):
        _need_indicators(ws, event.indicators, f"catalogue/events.toml 第 {number} 项")


def _check_points(ws: Workspace) -> None:
    """Points are for services and the quality of figures: on births they would be quotas."""
    for points in ws.scheme.points:
        place = f"{SCHEME} [[points]] 第 {points.version} 版"
        _need_indicators(ws, [rule.indicator for rule in points.rules], place)
        for rule in points.rules:
            item = ws.indicators.get(rule.indicator or "")
            if item is not None and not item.helpable:
                raise WorkspaceError(
                    f"月积分不能给“{item.label}”计分",
                    place=f"{place} {rule.id}",
                    mend="只用服务和质量指标：出生、手术、怀孕和费用不计分",
                )


def _need_indicators(ws: Workspace, names: Iterable[str | None], place: str) -> None:
    for name in names:
        if name is not None and name not in ws.indicators:
            mend = f"{MEND}；若 catalogue/indicators 少了文件，请从备份恢复"
            raise WorkspaceError(f"没有指标 {name}", place=place, mend=mend)


def _check_registers(ws: Workspace) -> None:
    known = {*ws.area_by_code, *(peer.area_code for peer in ws.peers)}
    registers: dict[str, Sequence[Status | Support | Target | Post | Alias]] = {
        "registers/status.csv": ws.status,
        "registers/support.csv": ws.support,
        "registers/targets.csv": ws.targets,
        "registers/posts.csv": ws.posts,
        "aliases.csv": ws.aliases,
    }
    for place, rows in registers.items():
        for number, row in enumerate(rows, start=2):
            if row.area_code not in known:
                raise WorkspaceError(
                    f"第 {number} 行：登记册中没有单位 {row.area_code}",
                    place=place,
                    mend="请在 areas.csv 登记，或改正代码",
                )
    for number, target in enumerate(ws.targets, start=2):
        _need_indicators(ws, (target.indicator,), f"registers/targets.csv 第 {number} 行")
        _check_target_level(ws, target, number)


def _check_target_level(ws: Workspace, target: Target, number: int) -> None:
    """Refuse a target below the lowest level of its indicator: a village has no such figure."""
    area, item = ws.area_by_code.get(target.area_code), ws.indicators[target.indicator]
    if area is not None and area.level not in item.levels:
        level = LEVEL_WORDS[area.level]
        raise WorkspaceError(
            f"第 {number} 行：{item.label}没有{level}级数，不能给{area.name}设目标",
            place="registers/targets.csv",
            mend="请删去这一行，或改为上级单位",
        )
