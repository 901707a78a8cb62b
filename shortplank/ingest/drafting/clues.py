"""Words of headers, names and cells in several languages, by which a draft guesses what is what."""

from __future__ import annotations

import re

from shortplank.catalogue.models import Level
from shortplank.ingest.text import name_key


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


MONTH = _words(
    r"月|年月|时间|時間|日期|时期|期间|期間|기간|시점|년월|연월|월|month|period|date|yyymm|yyyymm|mois|monat|mes\b|quarter|季|분기"
)
YEAR = _words(r"年|年份|年度|년|연도|\byear\b|année|annee|jahr|año")
# Days of something else than what is counted.
OTHER_DAY = _words(
    r"填报|上报|报出|录入|更新|修改|创建|发布|更新日|出力|작성|갱신|"
    r"updated?|created?|published|upload|released|mise à jour"
)
CODE = _words(
    r"code|코드|代码|代碼|コード|编号|編號|编码|編碼|区划|\bid\b|\bfips\b|insee|\bgss\b|번호$|番号$|団体番"
)
SERIAL = _words(
    r"^(?:序号?|序號|番号|번호|순번|연번|no\.?|nr\.?|n[°º]|#|num|rank|排名|名次|項次|项次|順位|행번호|index)$"
)
RATE = _words(
    r"[%％‰]|率|比例|比重|占比|佔比|构成|構成|同比|环比|環比|增长|增減|增减|性别比|性別比|密度|인구밀도|"
    r"\brates?\b|\bratio|percent|proportion|\bshare\b|\bpct\b|per[ _]?1,?0|割合|比$|比率|増減|"
    r"비율|율$|률$|율\b|률\b|비중|증감|"
    r"\btaux\b|pourcentage|\bquote\b|anteil|平均|均数|평균|average|\bmean\b|median|\bci\b|limit|variation|change"
)
TOTAL = re.compile(
    r".{0,14}(?:合计|总计|小计|共计|累计|合計|總計|小計|共計|総計|総数|總數|总数|합계|소계|총계|총합|누계)|"
    r"[全本].{0,4}[县市省区國国乡镇鄉鎮]|計|计|계|전체|전국|全体|총수|"
    r"(?:grand|sub|overall)?[ -]?totals?(?: .*)?|.* total|sum|all|ensemble|total général|"
    r"insgesamt|gesamt|summe|all areas",
    re.IGNORECASE,
)
STOCK = _words(
    r"人口(?!动态|動態|增|出生)|户数|戶數|在册|在冊|现有|現有|期末|月末|年末|存量|世帯数|세대수|인구수|인구$|^인구|"
    r"population|households?|registered|on roll|headcount|stock|effectif|einwohner"
)
# Procedures, pregnancies and fees stop at the township.
STOPPED = _words(
    r"手术|手術|上环|放环|取环|上環|节育|節育|结扎|結紮|結扎|绝育|絕育|引产|引產|流产|流產|人流|堕胎|墮胎|怀孕|懷孕|孕情|孕妇|孕婦|孕产|孕検|孕检|"
    r"早孕|待孕|妊娠|抚养费|撫養費|罚款|罰款|收费|收費|费用|費用|征收|徵收|缴费|罰金|"
    r"임신|임산부|시술|수술|낙태|중절|유산|불임|수수료|과태료|부담금|벌금|"
    r"中絶|不妊|避妊|分娩手|手数料|料金|過料|"
    r"surger|procedure|sterili[sz]|vasectom|tubal|abortion|terminat|pregnan|antenatal|contracepti|\biuds?\b|miscarr|"
    r"\bfees?\b|\bfines?\b|\blevy|\blevies|\bpenalt|\bcharges?\b|"
    r"avortement|\bivg\b|grossesse|enceinte|intervention|chirurg|stérilis|steriliz|redevance|amende|frais|"
    r"schwanger|abtreibung|gebühr|bußgeld|embaraz|aborto|cirug|multa|tasa por"
)
MEASURE_NAME = _words(
    r"指标|指標|项目|項目|分类|分類|类别|類別|科目|항목|구분|분류|종류|項目名|区分|種別|measure|indicator|metric|variable|category|"
    r"\btype\b|_type|\bitem\b|series|element|indicateur|catégorie|merkmal|"
    r"性别|性別|성별|\bsexe?\b|gender|年龄|年齡|연령|\bage\b|age_"
)
VALUE_NAME = _words(
    r"^(?:数值|數值|数|值|人数|數量|数量|件数|값|수치|데이터|value|count|number|obs_?value|n|data|valeur|nombre|wert|anzahl|データ|数値)$"
)
AREA_NAME = _words(
    r"单位|單位|地区|地區|区域|區域|地域|机构|機構|医院|自治体|団体|행정구역|지역|기관|법정동|행정동|동명|"
    r"name|area|region|district|county|ward|town|village|province|parish|municipal|commune|département|departement|canton|"
    r"organi[sz]ation|\borg|provider|hospital|\bsite|facility|trust|\bunit|gemeinde|kreis|nom\b|lieu"
)
_LEVELS: dict[Level, re.Pattern[str]] = {
    "village": _words(
        r"(?<!市区町)(?<!町)村(?!镇|鎮|级?乡)|村里|社区|社區|里名|居委|^리$|리명|village|neighbou?rhood|hamlet"
    ),
    "township": _words(
        r"乡镇|鄉鎮|鄉|乡|镇|鎮|街道|읍면동|읍·면·동|동명|법정동|행정동|^동$|township|\bward|commune|\btown|parish|町村|町|gemeinde"
    ),
    "county": _words(
        r"县|縣|시군구|군구|市区町村|市町村|市郡|区县|区市|郡|"
        r"district|county|borough|département|arrond|kreis|\blocal auth"
    ),
    "province": _words(
        r"省|自治区$|시도|시·도|都道府県|province|\bregion|région|\bstate|bundesland|\bland\b"
    ),
}
_NAMED: dict[Level, re.Pattern[str]] = {
    "village": re.compile(r".*(?:村|里|社区|社區|居委会|村委会|小区|嘎查|리)"),
    "township": re.compile(r".*(?:乡|镇|鄉|鎮|街道|街道办|街道办事处|苏木|읍|면|동|町)|.*\d가"),
    "county": re.compile(r".*(?:县|縣|旗|군|구|郡)"),
    "province": re.compile(r".*(?:省|自治区|특별시|광역시|특별자치시|특별자치도|도|都|道|府)"),
}
_UNIT = re.compile(
    r"[(（\[【]\s*(?:单位[:：]?|單位[:：]?|unit[:：]?|단위[:：]?)?\s*([^()（）\[\]【】0-9]{1,6})\s*[)）\]】]\s*$"
)
_UNIT_LINE = re.compile(
    r"(?:单位|單位|単位|단위|units?)\s*[:：]\s*([^\s()（）,，;；]{1,8})", re.IGNORECASE
)
_UNITS = {
    "人",
    "人次",
    "户",
    "戶",
    "件",
    "例",
    "对",
    "對",
    "元",
    "次",
    "명",
    "건",
    "세대",
    "世帯",
    "名",
    "个",
    "台",
    "头",
    "张",
    "床",
    "쌍",
    "組",
    "组",
}


def level_said(header: str) -> Level | None:
    """Return the level that a header names, None where it names none.

    >>> level_said("시군구"), level_said("乡镇名称"), level_said("Area name")
    ('county', 'township', None)
    """
    for level in ("township", "village", "county", "province"):
        if level == "village" and _LEVELS["county"].search(header) and "村" in header:
            continue
        if _LEVELS[level].search(header):
            return level
    return None


def level_named(names: tuple[str, ...]) -> Level | None:
    """Return the level whose endings most of some names have, None where few have any.

    >>> level_named(("双河村", "杨柳村", "城关社区")), level_named(("Plymouth", "Torre"))
    ('village', None)
    """
    said = [name_key(name) for name in names[:3_000]]
    for level, pattern in _NAMED.items():
        if said and sum(bool(pattern.fullmatch(name)) for name in said) >= 0.6 * len(said):
            return level
    return None


def unit_in(header: str) -> str:
    """Return the unit at the end of a header, "" where it has none.

    >>> unit_in("出生人数（人）"), unit_in("出生人数")
    ('人', '')
    """
    match = _UNIT.search(header)
    return match[1].strip() if match and match[1].strip() in _UNITS else ""


def unit_of_lines(texts: list[str]) -> str:
    """Return the unit that a line above the header says: 单位：人.

    >>> unit_of_lines(["单位：人次"])
    '人次'
    """
    found = [m[1] for text in texts if (m := _UNIT_LINE.search(text)) and m[1] in _UNITS]
    return found[0] if found else ""
