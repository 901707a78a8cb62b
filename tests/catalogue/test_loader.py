"""A workspace that cannot be read is told in one Chinese sentence with the place and the mend."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from shortplank.catalogue import copy_standard, load_access, load_workspace
from shortplank.catalogue.loader import _REGISTERS
from shortplank.errors import WorkspaceError
from tests.catalogue.faults import BIRTHS, FORM, MEASURES, SCHEME, change, refusal, write
from tests.store import workspaces as w


# --- what loads ---------------------------------------------------------------------------
def test_a_workspace_is_loaded_whole(folder: Path) -> None:
    ws = load_workspace(folder)
    assert (ws.home.name, len(ws.areas), len(ws.peers)) == ("小溪县", 9, 2)
    assert ws.settings.disclosure.small_count == 3
    assert ws.area_by_code[w.N1].parent_code == w.NORTH
    assert ws.area_by_code[w.N1].valid_to is None
    assert ws.leaves(["births_out"]) == {
        *(f"births_p{order}_{part}" for order in "123" for part in ("m", "f", "in")),
    }


def test_registers_are_optional_and_read_where_they_are(folder: Path) -> None:
    assert load_workspace(folder).targets == ()
    write(
        folder,
        "registers/targets.csv",
        f"area_code,indicator,statistical_year,target,source\n{w.NORTH},migrant_filing,2009,90,书\n",
    )
    [target] = load_workspace(folder).targets
    assert (target.area_code, target.target, target.statistical_year) == (w.NORTH, 90.0, 2009)


def test_a_byte_order_mark_blank_lines_and_quotes_are_normal(folder: Path) -> None:
    text = "\ufeff" + w.AREAS.replace(",上坪村,", ',"上坪,村",').replace("\n", "\r\n") + "\r\n"
    write(folder, "areas.csv", text)
    assert load_workspace(folder).area_by_code[w.N1].name == "上坪,村"


def test_a_card_copied_before_it_had_a_part_has_the_standards(folder: Path) -> None:
    copy_standard(folder)
    stated = load_workspace(folder)
    parts = {part: stated.indicator_of(part) for part in ("recount", "late", "petitions")}
    assert None not in parts.values()
    for path in (folder / "catalogue" / "indicators").glob("*.toml"):
        text = path.read_text("utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("quality_part")]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    assert {part: load_workspace(folder).indicator_of(part) for part in parts} == parts
    assert load_workspace(folder).indicator_of("births") is None


def test_cards_copied_before_anything_was_judged_have_the_standards(folder: Path) -> None:
    """Two keys came with the ledger; a workspace that sets one of them keeps its own choice."""
    stated = load_workspace(folder).indicators
    judged = {key: item.cluster for key, item in stated.items() if item.judged}
    assert judged["report_timeliness"] == 2.4 and judged["migrant_filing"] == 1.0
    cards = list((folder / "catalogue" / "indicators").glob("*.toml"))
    for path in cards:
        lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(("judged", "cluster"))]
        path.write_text("\n".join(kept) + "\n", "utf-8")
    found = load_workspace(folder).indicators
    assert {key: item.cluster for key, item in found.items() if item.judged} == judged
    change(folder, BIRTHS, "[policy_compliance]", "[policy_compliance]\njudged = true")
    found = load_workspace(folder).indicators
    assert [key for key, item in found.items() if item.judged] == ["policy_compliance"]


def natural(lowest: object, highest: object, usual: object) -> str:
    """Return a workspace's own range of sex ratios."""
    return f"\n[natural]\nlowest = {lowest}\nhighest = {highest}\nusual = {usual}\n"


def test_a_regions_own_range_is_that_of_every_sex_ratio_and_of_nothing_else(folder: Path) -> None:
    before = load_workspace(folder).indicators
    change(folder, "workspace.toml", "due_day = 5\n", "due_day = 5\n" + natural(104, 110, 107.5))
    ws = load_workspace(folder)
    assert ws.settings.natural is not None and ws.settings.natural.usual == 107.5
    ratios = {key for key, item in ws.indicators.items() if item.interval == "srb"}
    assert len(ratios) == 4
    for key, item in ws.indicators.items():
        own = (104.0, 110.0) if key in ratios else before[key].target_range
        assert item.target_range == own


@pytest.mark.parametrize(
    "said",
    [
        natural(108, 103, 106),
        natural(103, 107, 109),
        natural(103, 107, 101),
        natural(-1, 107, 106),
        natural("nan", 107, 106),
        natural(103, "inf", 106),
        natural('"一百零三"', 107, 106),
        natural(103, 107, 106) + "middle = 105\n",
    ],
)
def test_a_range_that_is_none_is_refused_in_one_sentence(folder: Path, said: str) -> None:
    change(folder, "workspace.toml", "due_day = 5\n", "due_day = 5\n" + said)
    error = refusal(folder)
    assert error.place.startswith("workspace.toml")
    assert "nan" not in error.message.split("：")[-1].lower()


@pytest.mark.parametrize(
    ("name", "key", "message"),
    [
        ("procedure", "procedure_completion", "手术、孕情、费用和背景类指标不作判断"),
        ("procedure", "early_registration", "手术、孕情、费用和背景类指标不作判断"),
        ("procedure", "fee_collection", "手术、孕情、费用和背景类指标不作判断"),
        ("births", "births_out", "只有分好坏的比率能作判断"),
        ("context", "crude_birth_rate", "手术、孕情、费用和背景类指标不作判断"),
    ],
)
def test_procedures_pregnancies_fees_and_counts_can_never_be_judged(
    folder: Path, name: str, key: str, message: str
) -> None:
    path = f"catalogue/indicators/{name}.toml"
    change(folder, path, f"[{key}]\n", f"[{key}]\njudged = true\n")
    error = refusal(folder)
    assert error.place.startswith(path) and key in error.place + error.message
    assert message in error.message


def test_the_fingerprint_changes_with_what_kept_answers_rest_on_only(folder: Path) -> None:
    before = load_workspace(folder).fingerprint
    write(folder, "registers/status.csv", "area_code,status,valid_from,valid_to,source\n")
    write(folder, "catalogue/indicators/notes.txt", "not a part of it")
    (folder / "catalogue/indicators/kept").mkdir()
    assert load_workspace(folder).fingerprint == before
    change(folder, BIRTHS, "over = 3", "over = 4")
    assert load_workspace(folder).fingerprint != before


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("catalogue/scheme.toml", "# heads the overview\n"),
        ("registers/targets.csv", "area_code,indicator,statistical_year,target,source\n"),
        ("peers.csv", "\n"),
        ("class_history.csv", "statistical_year,area_code,class,group\n"),
    ],
)
def test_the_fingerprint_changes_with_what_the_first_page_rests_on(
    folder: Path, name: str, more: str
) -> None:
    before = load_workspace(folder).fingerprint
    path = folder / name
    write(folder, name, (path.read_text("utf-8") if path.exists() else "") + more)
    assert load_workspace(folder).fingerprint != before


def test_access_has_defaults_and_refuses_unknown_keys(folder: Path) -> None:
    assert load_access(folder).ways == ()
    write(folder, "access.toml", 'public = "https://board.example/board"\n[local]\n')
    assert load_access(folder).ways == ("local",)
    write(folder, "access.toml", 'admins = ["a"]\n')
    with pytest.raises(WorkspaceError, match=r"access\.toml：键 admins：不认识的键"):
        load_access(folder)


@pytest.mark.parametrize("key", ["analysts", "viewers", "default"])
def test_what_gave_a_role_to_nobody_by_name_is_refused(folder: Path, key: str) -> None:
    write(folder, "access.toml", f'{key} = "viewer"\n')
    with pytest.raises(WorkspaceError) as caught:
        load_access(folder)
    assert re.fullmatch(
        rf"access\.toml：键 {key}：.*请删去，改用 \[local\]、\[oidc\] 或 \[proxy\] "
        r"登记谁能登录。请改正后重试。",
        caught.value.sentence,
    )


def test_a_key_that_never_did_anything_is_to_be_taken_out(folder: Path) -> None:
    change(folder, "workspace.toml", "due_day = 5", 'due_day = 5\nlocale = "zh-CN"')
    assert refusal(folder).message == "键 locale：已取消的键，从来不起作用，请删去"


# --- files that are not there, or cannot be read ------------------------------------------
def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"工作区文件夹不存在.*SHORTPLANK_WORKSPACE"):
        load_workspace(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["workspace.toml", "areas.csv", MEASURES, SCHEME])
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refusal(folder)
    assert (error.place, error.message) == (name, "缺少这个文件")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *((name, b"\xff\xfe\x00") for name in ("workspace.toml", "areas.csv", "peers.csv", FORM)),
        *((name, "名称 = 1".encode("gb18030")) for name in ("workspace.toml", MEASURES, SCHEME)),
        *((name, "名称 = 1".encode("gb18030")) for name in (BIRTHS, FORM)),
        ("areas.csv", w.AREAS.encode("utf-16-le")),
        ("areas.csv", w.AREAS.encode() + b"\xff\n"),
    ],
)
def test_a_file_in_no_encoding_that_is_read(folder: Path, name: str, data: bytes) -> None:
    write(folder, name, data)
    error = refusal(folder)
    assert error.place == name
    assert "UTF-8" in error.message and "UTF-8" in error.mend


@pytest.mark.parametrize("name", ["workspace.toml", "peers.csv", SCHEME, BIRTHS])
def test_a_file_that_may_not_be_read(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == folder / name:
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    error = refusal(folder)
    assert (error.place, error.message) == (name, "无法读取这个文件")


@pytest.mark.parametrize(
    "name",
    ["workspace.toml", MEASURES, SCHEME, BIRTHS, FORM, "catalogue/rules.toml"],
)
def test_bad_toml_with_its_line(folder: Path, name: str) -> None:
    text = (folder / name).read_text("utf-8").split("\n")
    write(folder, name, "\n".join([*text[:2], "this is not = = toml", *text[2:]]))
    error = refusal(folder)
    assert error.place == name
    assert re.search(r"第 \d+ 行第 \d+ 列不是有效的 TOML", error.message)
    assert not re.search(r"[a-z]{3,}", error.message)  # no English of the parser's


@pytest.mark.parametrize("text", ["a = [", "a = '''x", "[a", 'a = "'])
def test_toml_that_ends_too_soon(folder: Path, text: str) -> None:
    write(folder, "workspace.toml", text)
    assert "不是有效的 TOML" in refusal(folder).message


# --- what spreadsheets and file managers leave ---------------------------------------------
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    "day", ["2000/1/1", "2000-1-1", "2000.1.1", "2000年1月1日", "2000/1/1 0:00"]
)
def test_a_register_that_a_spreadsheet_saved(
    folder: Path, encoding: str, delimiter: str, day: str
) -> None:
    lines = w.AREAS.replace("2000-01-01", day).splitlines()
    text = "\r\n".join(line.replace(",", delimiter) + 3 * delimiter for line in lines)
    write(folder, "areas.csv", (text + "\r\n" + 9 * delimiter + "\r\n").encode(encoding))
    ws = load_workspace(folder)
    assert (len(ws.areas), ws.area_by_code[w.N1].valid_from.isoformat()) == (9, "2000-01-01")


@pytest.mark.parametrize("model", [model for _, model in _REGISTERS.values()])
def test_every_register_has_its_days_as_spreadsheets_write_them(model: type[BaseModel]) -> None:
    dated = [
        f for f in model.model_fields.values() if date in (f.annotation, *get_args(f.annotation))
    ]
    for field in dated:
        read = TypeAdapter(Annotated[field.annotation, *field.metadata])
        assert read.validate_python("2006/10/1") == date(2006, 10, 1)


@pytest.mark.parametrize(
    "day",
    ["1/2/2000", "2000/13/1", "36526", "2000-02-30", "2000/1", "2000-1/1", "今天", "20000101"],
)
def test_another_day_is_told_the_right_form(folder: Path, day: str) -> None:
    write(folder, "areas.csv", w.AREAS.replace("2000-01-01", day, 1))
    message = refusal(folder).message
    assert "valid_from" in message and "2006-10-01" in message


def test_a_code_that_a_spreadsheet_rounded_is_told_why(folder: Path) -> None:
    write(folder, "areas.csv", w.AREAS.replace(w.N1, "9.90101E+11", 1))
    assert "设为文本" in refusal(folder).message


def test_an_unclosed_quote_in_a_register_is_named_where_it_opens(folder: Path) -> None:
    lines = w.AREAS.splitlines(keepends=True)
    lines[2] = lines[2].replace(",", ',"', 1)
    write(folder, "areas.csv", "".join(lines))
    assert "第 3 行" in refusal(folder).message


@pytest.mark.parametrize(
    "name", ["._births.toml", ".~lock.births.toml", ".births.toml.swp", "~$births.toml"]
)
@pytest.mark.parametrize("kind", ["forms", "indicators"])
def test_files_of_other_programs_are_passed_over(folder: Path, name: str, kind: str) -> None:
    before = load_workspace(folder).fingerprint
    write(folder, f"catalogue/{kind}/{name}", b"\x00\x05\x16\x07Mac OS X")
    assert load_workspace(folder).fingerprint == before


@pytest.mark.parametrize(
    "name", ["village_month - 副本", "village_month (1)", "village_month_2", "a", "村月报"]
)
@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ("version = 2", "version = 3"), ('label = "村月报"', 'label = "村月报（旧）"'),
     ('deaths = ["deaths",', 'deaths = ["deaths", "死了的人",')],
)  # fmt: skip
def test_a_second_copy_of_a_form_is_refused(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / FORM).read_text("utf-8")
    assert old in text
    write(folder, f"catalogue/forms/{name}.toml", text.replace(old, new, 1))
    error = refusal(folder)
    assert "同一张表" in error.message and "只留一份" in error.mend
    assert {name, "village_month"} <= {*re.findall(r"([^/：]+)\.toml", error.sentence),
                                       *re.findall(r"与 (\S.*)\.toml", error.message)}  # fmt: skip


# --- keys and values ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "old", "new", "place", "key"),
    [
        ("workspace.toml", "due_day =", "due_days =", "workspace.toml", "due_days"),
        (MEASURES, "[datasets]", "[dataset]", MEASURES, "dataset"),
        (MEASURES, "births_late = { label", "births_late = { name", MEASURES, "births_late.name"),
        (BIRTHS, 'why = "会议通报', 'whi = "会议通报', f"{BIRTHS} [policy_compliance]", "whi"),
        (SCHEME, "keep_rank", "keeprank", SCHEME, "keeprank"),
        (FORM, "[columns]", "[column]", FORM, "column"),
        (
            "catalogue/rules.toml",
            "severity =",
            "severe =",
            "catalogue/rules.toml 第 1 项",
            "severe",
        ),
        ("catalogue/rules.toml", "[[rule]]", "[[rules]]", "catalogue/rules.toml", "rules"),
    ],
)
def test_an_unknown_key_is_named_with_its_file(
    folder: Path, name: str, old: str, new: str, place: str, key: str
) -> None:
    change(folder, name, old, new)
    error = refusal(folder)
    assert error.place == place
    assert f"{key}：不认识的键" in error.message


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("workspace.toml", "due_day = 5", 'due_day = "第五天"', "due_day"),
        ("workspace.toml", "due_day = 5", "due_day = 31", "due_day"),
        ("workspace.toml", "month = 10", "month = 13", "statistical_year_first_month"),
        ("workspace.toml", "schema_version = 1", "schema_version = 2", "schema_version"),
        ("workspace.toml", 'name = "小溪县"', "name = 3", "name"),
        (MEASURES, 'kind = "stock"', 'kind = "heap"', "kind"),
        (MEASURES, 'kind = "stock", window = "mean"', 'window = "mean"', "window"),
        (BIRTHS, 'polarity = "up"', 'polarity = "upwards"', "polarity"),
        (BIRTHS, "target = 90", 'target = "九成"', "target"),
        (BIRTHS, 'denominator = ["births"]', "", "denominator"),
        (BIRTHS, "over = 3", "", "over"),
        (BIRTHS, 'levels = ["county", "township", "village"]', 'levels = ["hamlet"]', "levels"),
        (SCHEME, "weight = 40", "weight = -40", "weight"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(
    folder: Path, name: str, old: str, new: str, key: str
) -> None:
    change(folder, name, old, new)
    error = refusal(folder)
    assert error.place.startswith(name)
    assert key in error.message


def test_a_missing_key_is_named(folder: Path) -> None:
    change(folder, "workspace.toml", 'name = "小溪县"\n', "")
    assert refusal(folder).message == "键 name：缺少必填的键"


def test_many_faults_are_counted(folder: Path) -> None:
    write(folder, "workspace.toml", "one = 1\ntwo = 2\nschema_version = 1\n")
    message = refusal(folder).message
    assert message == "键 one：不认识的键；键 two：不认识的键，另有 2 处"


@pytest.mark.parametrize("text", ["rule = 3", "rule = 'x'", "[rule]\nid = 'x'"])
def test_a_list_that_is_none(folder: Path, text: str) -> None:
    write(folder, "catalogue/rules.toml", text)
    error = refusal(folder)
    assert error.place == "catalogue/rules.toml" and "[[rule]]" in error.mend


REVIEW = 'reviewed_by = "统计岗"\nreviewed_on = 2010-01-12\nreview_due = 2011-01-12\n'


def test_a_card_names_who_checked_it_and_until_when(folder: Path) -> None:
    change(folder, BIRTHS, "[policy_compliance]\n", "[policy_compliance]\n" + REVIEW)
    item = load_workspace(folder).indicators["policy_compliance"]
    assert (item.reviewed_by, item.review_due) == ("统计岗", date(2011, 1, 12))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('reviewed_by = "统计岗"\n', "", "须一起写明"),
        ("reviewed_on = 2010-01-12\n", "", "须一起写明"),
        ("review_due = 2011-01-12\n", "", "须一起写明"),
        ('"统计岗"', '""', "须一起写明"),
        ('"统计岗"', '"  "', "须一起写明"),
        ("2011-01-12", "2010-01-12", "review_due 须晚于 reviewed_on"),
        ("2011-01-12", '"一年后"', "日期请写成 2006-10-01"),
        ("2010-01-12", "2010-01-12T08:00:00", "日期请写成 2006-10-01"),
    ],
)
def test_a_review_is_whole_and_in_order(folder: Path, old: str, new: str, message: str) -> None:
    review = "[policy_compliance]\n" + REVIEW.replace(old, new, 1)
    change(folder, BIRTHS, "[policy_compliance]\n", review)
    error = refusal(folder)
    assert error.place == f"{BIRTHS} [policy_compliance]" and message in error.message


def test_an_indicator_that_is_not_a_table(folder: Path) -> None:
    write(folder, "catalogue/indicators/own.toml", 'own = "x"')
    assert refusal(folder).place == "catalogue/indicators/own.toml [own]"


def test_an_indicator_defined_twice(folder: Path) -> None:
    text = (folder / "catalogue/indicators/service.toml").read_text("utf-8")
    write(folder, "catalogue/indicators/zz.toml", text)
    error = refusal(folder)
    assert error.place == "catalogue/indicators/zz.toml"
    assert error.message == "键 migrant_filing：重复定义"


# --- rows --------------------------------------------------------------------------------
ROW = f"{w.S3},{w.SOUTH},village,溪口村,村,2000-01-01,"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW + ",more", "列数与表头不一致"),
        (ROW.removesuffix(",2000-01-01,"), "列数与表头不一致"),
        (ROW.replace("village", "hamlet"), "键 level：取值不在允许的范围内"),
        (ROW.replace("2000-01-01", "2000-13-01"), "键 valid_from"),
        (ROW.replace("2000-01-01", ""), "键 valid_from：缺少必填的键"),
        (ROW.replace(w.S3, "九九〇"), "键 area_code"),
        (ROW.replace("溪口村", '"溪口村'), "不是有效的 CSV"),
    ],
)
def test_a_bad_row_is_named_by_its_line(folder: Path, row: str, message: str) -> None:
    write(folder, "areas.csv", w.AREAS.replace(ROW, row))
    error = refusal(folder)
    assert error.place.startswith("areas.csv")
    assert re.search(r"第 1[01] 行", error.sentence)
    assert message in error.message


def test_a_line_is_counted_with_the_blank_ones(folder: Path) -> None:
    write(folder, "areas.csv", w.AREAS.replace(ROW, "\n\n" + ROW.replace("village", "hamlet")))
    assert refusal(folder).place == "areas.csv 第 12 行"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (w.AREA_HEADER + ",owner", "不认识的列 owner"),
        (w.AREA_HEADER.replace("valid_to", "valid_until"), "不认识的列 valid_until"),
        (w.AREA_HEADER.replace(",name", ""), "缺少列 name"),
        (w.AREA_HEADER + ",name", "列 name 重复"),
        ("", "缺少列 area_code"),
    ],
)
def test_a_bad_header_is_named(folder: Path, header: str, message: str) -> None:
    write(folder, "areas.csv", w.AREAS.replace(w.AREA_HEADER, header) if header else "")
    error = refusal(folder)
    assert (error.place, error.message) == ("areas.csv", message)
