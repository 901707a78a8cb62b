"""What a draft writes: who sees it, what stops at the township, several files, what is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.ingest import Upload, check_batch, publish_batch
from shortplank.ingest.drafting.draft import Choices, draft_file
from shortplank.ingest.drafting.variants import draft_files
from shortplank.ingest.drafting.writing import Wanted, write_draft
from shortplank.ingest.grid import Unreadable
from shortplank.records.settings_changes import change
from shortplank.store import Engine
from tests.ingest.drafting.registered import accepted, blank, imported, opened, register
from tests.ingest.drafting.shapes import SHAPES


def test_viewers_have_bands_of_what_nobody_has_looked_at(tmp_path: Path) -> None:
    shape = SHAPES["taiwan"]()
    root, upload = blank(tmp_path / "w"), Upload(shape.name, shape.data)
    _, written = accepted(root, [upload])
    register(root, upload, written.key)
    deaths = written.measures[-1].id
    ws = load_workspace(root)
    assert all(ws.measures[m.id].sensitive == "unreviewed" for m in written.measures)
    assert all("village" not in item.levels for item in ws.indicators.values())
    # Somebody adds villages to a card, and forgets the measure.
    name = f"catalogue/indicators/{written.key}.toml"
    text = (root / name).read_text("utf-8")
    at = text.index(f"[{deaths}]")
    text = text[:at] + text[at:].replace('"township"]', '"township", "village"]', 1)
    change(opened(root), {name: text}, "看到村")
    store = opened(root)
    publish_batch(store, check_batch(store, [upload]), why="")
    rows = {}
    for role in ("analyst", "viewer"):
        table = Engine(opened(root).workspace).ask(
            "short_plank/villages_by_month", role=role, month="2024-02-01"
        )
        rows[role] = [row for row in table.to_pylist() if row["indicator"] == deaths]
    assert {row["numerator"] for row in rows["analyst"]} == {0, 3, 6, 9}
    assert {row["numerator"] for row in rows["viewer"]} <= {None}


def test_a_reason_opens_a_count_and_nothing_opens_procedures(tmp_path: Path) -> None:
    root = blank(tmp_path / "w")
    text = "月份,乡镇,村,出生人数,人工流产\n" + "".join(
        f"2024-01,清河镇,{name}村,{n},{n % 2}\n" for n, name in enumerate("东西南北")
    )
    draft = draft_file(Upload("表.csv", text.encode()))
    births, stopped = (m.id for m in draft.measured)
    wanted = Wanted("report", {births: "公开统计年鉴已有", stopped: "也想公开"})
    written = write_draft(
        opened(root).workspace, draft.form, draft.measured, "village", wanted=wanted
    )
    change(opened(root), written.texts, "认表")
    ws = load_workspace(root)
    assert ws.measures[births].sensitive is None and ws.measures[births].open_because
    assert ws.measures[stopped].sensitive == "unreviewed"
    assert ws.measures[stopped].level == "township"
    assert "village" in ws.indicators[births].levels
    assert "village" not in ws.indicators[stopped].levels


STOPPED = (
    "结扎手术", "人工流產", "社会抚养费征收", "孕情检查",
    "임신 건수", "낙태", "과태료", "中絶件数", "手数料",
    "Abortions", "Sterilisations", "pregnancies", "Fees collected", "grossesses", "amendes", "IVG",
)  # fmt: skip


@pytest.mark.parametrize("heading", STOPPED)
def test_procedures_pregnancies_and_fees_are_known_in_five_languages(heading: str) -> None:
    text = f"month,area name,{heading},births\n" + "".join(
        f"2024-01,{name},{n},{n + 1}\n" for n, name in enumerate(("Alpha", "Beta", "Gamma"))
    )
    draft = draft_file(Upload("x.csv", text.encode()))
    assert [m.stopped for m in draft.measured] == [True, False]


def test_files_of_other_spellings_make_one_form(tmp_path: Path) -> None:
    root = blank(tmp_path / "w")
    body = "".join(
        f"{{}},連江縣南竿鄉,{name}村,{2 * n + 1},{n},{n + 1}\n" for n, name in enumerate("甲乙丙丁")
    )
    first = "統計年月,區域別,村里,出生數,出生數-男,出生數-女\n" + body.format(*["11301"] * 4)
    head = "yyymm,site,village,birth_total,birth_total_m,birth_total_f\n"
    second = head + first.splitlines()[0] + "\n" + body.format(*["11302"] * 4)
    third = first.replace("11301", "11303").replace("出生數,", "出生數合計,")
    uploads = [
        Upload(f"{n}.csv", text.encode("utf-8-sig"))
        for n, text in enumerate((first, second, third))
    ]
    made, written = accepted(root, uploads)
    assert made.files == 3 and not written.form.optional
    called = register(root, uploads[0], written.key)
    held = imported(root, uploads, written.key, called)
    months = ("2024-01", "2024-02", "2024-03")
    assert held == {(m, f"{x}村"): (n, n + 1) for m in months for n, x in enumerate("甲乙丙丁")}


def test_files_in_two_encodings_are_told_apart() -> None:
    shape = SHAPES["korea"]()
    other = Upload("b.csv", shape.data.decode("cp949").replace("2월", "3월").encode())
    with pytest.raises(Unreadable) as fault:
        draft_files([Upload("a.csv", shape.data), other])
    assert "编码不同" in fault.value.message and "b.csv" in fault.value.message


def test_what_is_chosen_stands() -> None:
    shape = SHAPES["taiwan"]()
    upload = Upload(shape.name, shape.data)
    draft = draft_file(upload, Choices(roles={7: "ignore"}, level="village", label="动态"))
    assert [m.label for m in draft.measured] == ["出生數-男", "出生數-女"]
    assert draft.form.label == "动态"


def test_two_encodings_that_explain_the_bytes_are_both_shown() -> None:
    text = "month,site,births\n" + "".join(
        f"2024-01,{name}é,{n}\n" for n, name in enumerate(("Ab", "Cd", "Ef"))
    )
    draft = draft_file(Upload("x.csv", text.encode("cp1252")))
    assert draft.explained[0].encoding == "cp1252"
    said = next(g for g in draft.guesses if g.key == "encoding")
    assert "é" in said.cells and len(draft.explained) > 1
