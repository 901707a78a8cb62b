"""The commands of the contract: what they say, where, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shortplank.catalogue import load_workspace
from shortplank.cli import new_workspace
from shortplank.store import Store
from tests.cli.conftest import Command
from tests.ingest.county import as_csv, rows, state_of

FINDING = {"file", "sheet", "cell", "severity", "code", "message"}


# --- the frame ------------------------------------------------------------------------------------
def test_help_is_chinese_and_loads_nothing_heavy() -> None:
    script = (
        "import sys; from shortplank import cli; code = cli.run(['--help'])\n"
        "heavy = {'duckdb', 'pyarrow', 'pandas', 'numpy', 'streamlit', 'pydantic'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "命令以本机账户的权限读写工作区" in done.stdout
    for word in ("用法：", "demo", "init", "check", "import", "editions", "build", "ask", "serve"):
        assert word in done.stdout
    assert "Usage" not in done.stdout and "Options" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "命令"),
        (["editions"], "verify"),
        (["brew"], "没有命令 brew"),
        (["editions", "drop"], "没有命令 drop"),
        (["check"], "缺少参数 FILE"),
        (["check", "--moth"], "不认识的选项 --moth"),
        (["check", "x.csv", "--month"], "--month"),
        (["check", "x.csv", "--month", "June"], "请写成 2010-05"),
        (["check", "x.csv", "--month", "2010.1"], "请写成 2010-05"),
        (["check", "x.csv", "--month-ok", "2010-13"], "请写成 2010-05"),
        (["import", "x.csv", "--received", "4 July"], "请写成 2010-07-04"),
        (["check", "absent.csv"], "没有这个文件"),
        (["ask", "months_by_edition", "--edition", "first"], "--edition"),
        (["ask", "months_by_edition", "--role", "leader"], "--role"),
        (["ask", "months_by_edition", "-p", "county"], "-p 名称=值"),
        (["ask", "months_by_edition", "-p", "month=2010-05"], "没有参数 month"),
        (["ask", "months_by_edition"], "参数不符"),
        (["ask", "no_such_query"], "没有名为 no_such_query 的查询"),
        (["build", "--engine", "abacus"], "abacus"),
        (["build", "--master", "local[2]"], "--engine spark"),
        (["build", "more", "words"], "写法不对"),
    ],
)
def test_wrong_use_is_one_chinese_sentence(
    command: Command,
    county: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(county))
    said = command(*arguments)
    assert said.code == 2
    assert words in said.err and said.out == ""
    assert "Usage" not in said.err and "Error" not in said.err and "─" not in said.err


def test_a_fault_of_ours_is_one_sentence_with_a_log_that_holds_no_data(
    command: Command, county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "a value of a cell".upper()

    def break_down(self: Store) -> list[int]:
        raise RuntimeError(value)

    monkeypatch.setattr(Store, "numbers", break_down)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = command("editions", "list", "-w", county)
    assert said.code == 1 and "程序内部出错" in said.err
    log = (tmp_path / f"shortplank-{os.getuid()}.log").read_text("utf-8")
    assert "RuntimeError" in log and value not in log + said.err


# --- new workspaces -------------------------------------------------------------------------------
def test_init_writes_a_workspace_that_loads(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "new"
    said = command("init", target, "--code", "340101", "--name", '长"丰,县')
    assert said.code == 0
    ws = load_workspace(target)
    assert (ws.home.area_code, ws.home.name) == ("340101", '长"丰,县')
    assert ws.forms and ws.indicators and not ws.status
    templates = sorted(path.name for path in (target / "templates").iterdir())
    assert len(templates) == len(ws.forms) and "村月报.xlsx" in templates
    assert command("build", "-w", target).code == 0
    assert command("ask", "areas_by_level", "-w", target).code == 0
    before = state_of(target)
    assert command("init", target).code == 1
    assert state_of(target) == before


def test_a_blank_workspace_knows_no_report_and_begins_in_january(
    command: Command, tmp_path: Path
) -> None:
    target = tmp_path / "new"
    said = command("init", target, "--blank", "--name", "신안군")
    assert said.code == 0
    assert "form draft" in said.err + said.out
    ws = load_workspace(target)
    assert (ws.settings.name, ws.settings.statistical_year_first_month) == ("신안군", 1)
    assert not (ws.forms or ws.measures or ws.indicators or ws.scheme.headline or ws.derived)
    assert ws.first_indicator is None
    assert command("check", __file__, "-w", target).code == 1


@pytest.mark.parametrize("kind", [["--blank"], ["--like", "demo"], []])
def test_the_year_of_a_new_workspace_begins_when_it_is_told(
    command: Command, tmp_path: Path, kind: list[str]
) -> None:
    assert command("init", tmp_path / "new", *kind, "--year-start", "4").code == 0
    assert load_workspace(tmp_path / "new").settings.statistical_year_first_month == 4
    assert command("init", tmp_path / "odd", *kind, "--year-start", "13").code == 2


def test_a_new_workspace_is_blank_or_like_the_demo(command: Command, tmp_path: Path) -> None:
    assert command("init", tmp_path / "new", "--blank", "--like", "demo").code == 2
    assert not (tmp_path / "new").exists()


def test_init_refuses_a_code_that_is_none(command: Command, tmp_path: Path) -> None:
    assert command("init", tmp_path / "new", "--code", "a,b").code == 2
    assert not (tmp_path / "new").exists()


def test_demo_takes_the_place_of_a_demo_and_of_nothing_else(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(target: Path) -> None:
        target.mkdir()
        (target / "workspace.toml").write_text("demo = true\n")

    monkeypatch.setattr(new_workspace, "build", build)
    target = tmp_path / "deep" / "demo"
    assert command("demo", target).code == 0
    (target / "old").touch()
    assert command("demo", target).code == 0
    assert [path.name for path in target.iterdir()] == ["workspace.toml"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    said = command("demo", tmp_path / "mine")
    assert said.code == 1 and (tmp_path / "mine" / "letter.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "mine"]


# --- reports --------------------------------------------------------------------------------------
def test_check_says_and_changes_nothing(command: Command, county: Path, june: Path) -> None:
    before = state_of(county)
    said = command("check", june, "-w", county)
    assert (said.code, said.out) == (0, "")
    assert "1 份报表，4 行；没有发现问题" in said.err
    june.write_text(june.read_text("utf-8").replace("五河村", "五合村"), encoding="utf-8")
    said = command("check", june, "-w", county)
    assert said.code == 1
    assert said.out.startswith(f"{june.name} C3 [错误] ") and "五河村" in said.out
    assert state_of(county) == before


def test_import_publishes_once(command: Command, county: Path, june: Path) -> None:
    said = command(
        "import", june, "-w", county, "--received", "2010-07-04", "--note", "六月月报",
        "--dataset", "village_month", "--month", "2010-06",
    )  # fmt: skip
    assert (said.code, said.out) == (0, "") and "已发布第 2 版" in said.err
    edition = Store(county).edition()
    assert (edition.number, edition.why) == (2, "六月月报")
    table = edition.table("submission", date(2010, 6, 1))
    assert table is not None and set(table["received_at"].to_pylist()) == {date(2010, 7, 4)}


def test_a_month_off_the_others_is_imported_when_it_is_confirmed(
    command: Command, county: Path, june: Path
) -> None:
    june.write_text(as_csv(rows(month="2010-06")[:1]), encoding="utf-8")
    other, may = june.with_name("b.csv"), june.with_name("c.csv")
    other.write_text(as_csv(rows(month="2010-06")[2:]), encoding="utf-8")
    may.write_text(as_csv(rows(month="2010-04")), encoding="utf-8")
    before = state_of(county)
    said = command("import", june, other, may, "-w", county)
    assert said.code == 1 and "--month-ok 2010-04" in said.out and state_of(county) == before
    assert command("check", june, other, may, "-w", county, "--month-ok", "2010-04").code == 0
    said = command(
        "import", june, other, may, "-w", county, "--month-ok", "2010-04", "--month-ok", "2010-01",
        "--note", "补报四月",
    )  # fmt: skip
    assert said.code == 0 and "已经确认" in said.out
    assert Store(county).edition().months("village_month")[0] == date(2010, 4, 1)


def test_a_refused_import_changes_nothing(command: Command, county: Path, june: Path) -> None:
    wrong = june.with_name("错.csv")
    wrong.write_text(as_csv(rows(month="2010-07", 死亡人数=-1)), encoding="utf-8")
    before = state_of(county)
    said = command("import", june, wrong, "-w", county)
    assert said.code == 1 and "没有发布" in said.err and said.out.count("[错误]") == 4
    assert state_of(county) == before


def test_json_is_one_array_on_success_warning_error_and_fault(
    command: Command, county: Path, june: Path
) -> None:
    assert json.loads(command("import", june, "-w", county, "--json").out) == []
    text = as_csv(rows(month="2010-07")[:3])
    june.write_text(text, encoding="utf-8")
    said = command("import", june, "-w", county, "--json")
    (warning,) = json.loads(said.out)
    assert said.code == 0 and set(warning) == FINDING
    assert (warning["severity"], warning["cell"]) == ("warning", None)
    june.write_text(text.replace("1000", "-1"), encoding="utf-8")
    said = command("check", june, "-w", county, "--json")
    assert said.code == 1
    found = json.loads(said.out)
    assert {(f["file"], f["severity"], f["code"]) for f in found} == {
        (june.name, "error", "negative")
    }
    assert [f["cell"] for f in found] == ["D2", "D3", "D4"]
    (county / "areas.csv").unlink()
    said = command("import", june, "-w", county, "--json")
    (fault,) = json.loads(said.out)
    assert said.code == 1 and set(fault) == FINDING and "areas.csv" in fault["message"]


def test_a_dry_run_says_what_would_change(command: Command, county: Path, june: Path) -> None:
    june.write_text(as_csv(rows(month="2010-05", 死亡人数=3)[:1]), encoding="utf-8")
    before = state_of(county)
    said = command("import", june, "-w", county, "--dry-run")
    assert said.code == 0 and state_of(county) == before
    assert "2010-05 东岭镇 双河村 死亡人数 1 → 3" in said.out
    assert "没有发布" in said.err and "重报 2010-05" in said.err


def test_an_earlier_month_asks_for_a_note(command: Command, county: Path, june: Path) -> None:
    assert command("import", june, "-w", county).code == 0
    june.write_text(as_csv(rows(month="2010-05", 死亡人数=3)), encoding="utf-8")
    before = state_of(county)
    said = command("import", june, "-w", county, "--json")
    assert said.code == 1 and state_of(county) == before
    assert "--note" in json.loads(said.out)[0]["message"]
    assert command("import", june, "-w", county, "--note", "五月漏报").code == 0
    assert Store(county).edition().why == "五月漏报"


def test_a_header_is_accepted_once(command: Command, county: Path, june: Path) -> None:
    june.write_text(june.read_text("utf-8").replace("死亡人数", "亡故人口"), encoding="utf-8")
    said = command("check", june, "-w", county)
    assert said.code == 1 and "E1" in said.out and "亡故人口" in said.out
    assert command("check", june, "-w", county, "--accept", "亡故人口").code == 2
    accept = ("--accept", "亡故人口=死亡人数")
    assert command("check", june, "-w", county, *accept).code == 0
    assert command("check", june, "-w", county).code == 1
    assert command("import", june, "-w", county, *accept).code == 0
    assert command("check", june, "-w", county).code == 0


def test_a_month_is_exported_for_interchange(
    command: Command, county: Path, tmp_path: Path
) -> None:
    said = command("export", "village_month", "--month", "2010-05", "-w", county)
    values = json.loads(said.out)["dataValues"]
    assert said.code == 0 and len(values) == 4 * 17
    said = command("export", "village_month", "--month", "2010-05", "-w", county, "--format", "csv")
    file = tmp_path / "values.csv"
    file.write_text(said.out, encoding="utf-8")
    assert command("import", file, "-w", county, "--dry-run").code == 0
    assert command("export", "peer_month", "--month", "2010-05", "-w", county).code == 2
    assert command("export", "village_month", "--month", "1999-05", "-w", county).code == 1


# --- editions -------------------------------------------------------------------------------------
def test_editions_are_listed_compared_restored_and_kept(
    command: Command, county: Path, june: Path
) -> None:
    june.write_text(as_csv(rows(month="2010-05", 死亡人数=3)[:1]), encoding="utf-8")
    command("import", june, "-w", county)
    assert command("editions", "list", "-w", county).out.count("\n") == 2
    shown = command("editions", "show", "-w", county).out
    assert "第 2 版" in shown and "重报 2010-05" in shown and "village_month：1 个月" in shown
    said = command("editions", "diff", 1, 2, "-w", county, "--format", "json")
    changes = {(r["area_code"], r["measure"]): (r["old"], r["new"]) for r in json.loads(said.out)}
    assert changes["990101001001", "deaths"] == (1, 3)
    assert changes["990101001002", "deaths"] == (1, None)
    assert command("editions", "restore", 1, "-w", county).code == 0
    assert Store(county).edition().by_key == Store(county).edition(1).by_key
    assert command("editions", "verify", "-w", county).code == 0
    assert command("editions", "vacuum", "--days", 0, "-w", county).out == ""
    assert command("editions", "vacuum", "--keep", 1, "--days", 0, "-w", county).code == 0
    assert Store(county).numbers() == [3]
    assert command("editions", "verify", 3, "-w", county).code == 0
    assert command("editions", "restore", 1, "-w", county).code == 1


def test_an_empty_workspace_has_no_edition_to_show(command: Command, tmp_path: Path) -> None:
    command("init", tmp_path / "new")
    assert command("editions", "show", "-w", tmp_path / "new").code == 1
    assert command("editions", "list", "-w", tmp_path / "new").out == ""


# --- marts, questions, the app --------------------------------------------------------------------
def test_build_and_ask_in_every_format(command: Command, county: Path, tmp_path: Path) -> None:
    said = command("build", "-w", county)
    assert said.code == 0 and "共 1 个月" in said.err
    question = ("ask", "months_by_edition", "-p", "county=990101", "-w", county)
    assert json.loads(command(*question, "--format", "json").out) == [
        {"stat_month": "2010-05", "expected": 4, "reported": 4}
    ]
    assert (
        command(*question, "--format", "csv").out == "stat_month,expected,reported\n2010-05,4,4\n"
    )
    assert command(*question).out.split() == [
        "stat_month",
        "expected",
        "reported",
        "2010-05",
        "4",
        "4",
    ]
    script = "import sys; from shortplank import cli; sys.exit(cli.run(sys.argv[1:]))"
    arguments = [sys.executable, "-c", script, *map(str, question), "--format", "parquet"]
    (tmp_path / "x.parquet").write_bytes(subprocess.run(arguments, capture_output=True).stdout)
    assert pq.read_table(tmp_path / "x.parquet").num_rows == 1


def test_numbers_and_months_take_their_types_from_the_query(command: Command, county: Path) -> None:
    said = command(
        "ask", "low_months_by_village", "-p", "indicator=migrant_filing", "-p", "month=2010-05",
        "-p", "line=85", "-p", "factor=100", "-w", county,
    )  # fmt: skip
    assert said.code == 0
    said = command(
        "ask", "low_months_by_village", "-p", "indicator=migrant_filing", "-p", "month=2010-05",
        "-p", "line=high", "-p", "factor=100", "-w", county,
    )  # fmt: skip
    assert said.code == 2 and "line=high" in said.err


def test_a_viewer_is_shown_bands(command: Command, county: Path) -> None:
    question = ("ask", "villages_by_indicator", "-p", "indicator=births_out", "-p", "month=2010-05")
    exact = json.loads(command(*question, "-w", county, "--format", "json").out)
    banded = json.loads(
        command(*question, "-w", county, "--format", "json", "--role", "viewer").out
    )
    assert {row["numerator"] for row in exact} == {0}
    assert {row["numerator"] for row in banded} == {None}


def test_serve_runs_the_app_on_the_workspace(
    command: Command, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[list[str], dict[str, str], Path]] = []
    monkeypatch.chdir(county.parent)
    monkeypatch.setattr(os, "execve", lambda path, a, env: ran.append((a, env, Path.cwd())))
    assert command("serve", "-w", "county", "--port", 8601).code == 0
    ((arguments, environment, folder),) = ran
    assert arguments[1:] == ["-m", "streamlit", "run", "asgi.py", "--server.port", "8601"]
    assert Path(environment["SHORTPLANK_WORKSPACE"]) == county.resolve()
    assert (folder / "app.py").is_file()


def test_serve_waits_for_the_app_where_no_process_takes_anothers_place(
    command: Command, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(arguments: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
        assert Path(env["SHORTPLANK_WORKSPACE"]) == county.resolve()
        ran.append(arguments)
        return subprocess.CompletedProcess(arguments, 3)

    monkeypatch.chdir(county.parent)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "platform", "win32")
    assert command("serve", "-w", county, "--port", 0).code == 3
    assert ran[0][1:5] == ["-m", "streamlit", "run", "asgi.py"]


# --- who signs ------------------------------------------------------------------------------------
def test_the_command_signs_with_a_post_of_the_list_and_never_with_the_account(
    command: Command, county: Path, june: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "zhangsan")
    monkeypatch.delenv("SHORTPLANK_POST", raising=False)
    (county / "registers").mkdir(exist_ok=True)
    code = load_workspace(county).settings.home
    lines = f"area_code,post,valid_from,valid_to,source\n{code},统计岗,2010-01-01,,名册\n"
    (county / "registers/posts.csv").write_text(lines, encoding="utf-8")
    before = state_of(county)
    said = command("import", june, "-w", county, "--who", "张某某")
    assert said.code == 1 and state_of(county) == before
    assert "统计岗" in said.err and "张某某" not in said.err + said.out
    assert command("import", june, "-w", county).code == 0
    assert Store(county).edition().who == "分析员"
    monkeypatch.setenv("SHORTPLANK_POST", "统计岗")
    assert command("editions", "restore", "1", "-w", county).code == 0
    assert Store(county).edition().who == "统计岗"
    said = command("editions", "restore", "1", "-w", county, "--who", "县气象局")
    assert said.code == 1 and "县气象局" not in said.err


@pytest.mark.parametrize("name", ["138" + "00138000" + ".csv", "张某某.csv", "微信zhang_88.csv"])
@pytest.mark.parametrize("made", ["absent", "folder"])
def test_a_file_that_cannot_be_opened_is_called_by_its_place_not_by_a_person(
    command: Command, county: Path, tmp_path: Path, name: str, made: str
) -> None:
    if made == "folder":
        (tmp_path / name).mkdir()
    for json_too in ([], ["--json"]):
        said = command("check", tmp_path / name, "-w", county, *json_too)
        assert said.code == 2 and "第 1 个文件" in said.err
        assert name.removesuffix(".csv") not in said.out + said.err


@pytest.mark.usefixtures("time_enough")
def test_a_statement_of_ones_own_is_asked_in_every_way(
    command: Command, county: Path, tmp_path: Path
) -> None:
    head = "-- 单位\n-- params: $n integer 最多几行\n"
    text = f"{head}select level, count(*) as n from area group by all order by 2 limit $n"
    (tmp_path / "own.sql").write_text(text, "utf-8")
    said = command(
        "query", "-f", tmp_path / "own.sql", "-p", "n=1", "-w", county, "--format", "json"
    )
    assert json.loads(said.out) == [{"level": "county", "n": 1}]
    said = command(
        "query", "-e", "select $month as m", "-p", "month=2010-05", "-w", county, "--format", "csv"
    )
    assert said.out == "m\n2010-05-01\n"
    text = "select count(numerator) as n from village_indicator where indicator = 'births_out'"
    banded = command("query", "-e", text, "--role", "viewer", "-w", county, "--format", "csv")
    assert banded.out == "n\n0\n"


@pytest.mark.usefixtures("time_enough")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "要有 -f 或 -e"),
        (("-f", "no.sql", "-e", "select 1"), "要有 -f 或 -e"),
        (("-f", "no.sql"), "读不了 no.sql"),
        (("-e", "select * from read_text('/etc/passwd')"), "这里不能用 read_text"),
        (("-e", "select $n", "-p", "n"), "没有取值"),
        (("-e", "select 1", "-p", "n=1"), "$n"),
    ],
)
def test_a_statement_that_is_refused_says_why(
    arguments: tuple[str, ...], words: str, command: Command, county: Path
) -> None:
    said = command("query", *arguments, "-w", county)
    assert said.code == 2 and words in said.err and said.out == ""
