"""The relations that a statement may read, and their columns: what each row and each value is."""

from __future__ import annotations

_MONTH = "月份（当月第一天）"
_COUNTS = {
    "numerator": "当月分子；未报、不公布为空",
    "denominator": "当月分母",
    "ytd_numerator": "本统计年度累计分子",
    "ytd_denominator": "本统计年度累计分母",
    "r12_numerator": "近12个月分子",
    "r12_denominator": "近12个月分母",
    "expected": "应报的份数",
    "reported": "已报的份数",
}
_FIGURES = {
    "area_code": "单位代码",
    "level": "级别：county 县、township 乡镇、village 村",
    "parent_code": "上级单位代码",
    "stat_month": _MONTH,
    "indicator": "指标（card 表中的 indicator）",
    **_COUNTS,
}
_BULLETIN = {
    "area_code": "单位代码",
    "stat_month": _MONTH,
    "indicator": "指标",
    "numerator": "公布的分子",
    "denominator": "公布的分母",
    "value": "公布的值",
    "published_rank": "公布的位次",
}
_VALID = {"valid_from": "从哪天起", "valid_to": "到哪天止；空为至今"}
_SOURCE = {"source": "依据"}
# What one row is of, and what each column holds.
RELATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "village_indicator": (
        "本县各村的每项指标，一村一月一行",
        {
            **_FIGURES,
            "shown": "分档后的文字；只在不给精确数时有",
            "band": "为什么分档：few、many、hidden、too_few、rate",
            "band_low": "率的档从多少起",
        },
    ),
    "indicator": ("本县和各乡镇的每项指标，一单位一月一行", _FIGURES),
    "peer_indicator": ("在本平台填报的同类县的指标，一县一月一行", _FIGURES),
    "area": (
        "登记册：县、乡镇、村",
        {
            "area_code": "单位代码",
            "parent_code": "上级单位代码",
            "level": "级别：county、township、village",
            "name": "名称",
            "kind": "类型",
            **_VALID,
        },
    ),
    "successor": (
        "撤并和改名：旧代码的数归到新代码",
        {"old_code": "旧代码", "new_code": "新代码"},
    ),
    "card": (
        "指标卡片",
        {
            "indicator": "指标",
            "label": "名称",
            "family": "类别",
            "factor": "乘以多少（百分率为 100）",
        },
    ),
    "form": (
        "报表",
        {"form": "报表", "label": "名称", "expected": "多久一报：month、quarter；空为不定期"},
    ),
    "form_version": (
        "报表换过的版式，一种版式一行",
        {
            "form": "报表",
            "version": "版式号",
            "previous": "换之前的版式号；空为最初的版式",
            "stat_month": "从哪个月的报表起用这个版式",
            "edition": "从第几版数据起",
        },
    ),
    "submission": (
        "收到的每份报表，订正也是一份",
        {
            "area_code": "填报单位代码",
            "stat_month": _MONTH,
            "form": "报表",
            "revision": "第几次报：0 为首次",
            "received_at": "收到日期",
            "file_sha256": "文件的指纹",
            "sheet": "工作表",
            "cells": "各数在哪一格",
        },
    ),
    "recount": (
        "回溯：重新核对的出生数，一乡镇一月一行",
        {
            "area_code": "乡镇代码",
            "stat_month": _MONTH,
            "males": "核对后的男婴数",
            "females": "核对后的女婴数",
        },
    ),
    "inspection": (
        "抽查和核查的结果",
        {
            "area_code": "单位代码",
            "stat_month": _MONTH,
            "inspection_id": "哪一次抽查",
            "date": "抽查日期",
            "level": "哪一级组织",
            "kind": "抽查方式",
            "subject": "查什么",
            "verified": "属实数",
            "omitted": "漏报数",
            "duplicate": "重报数",
            "false": "虚报数",
            "misclassified": "错报数",
            "listed": "名单上的数",
            "confirmed": "查实的数",
        },
    ),
    "cross_source": (
        "卫生、防疫、公安部门的出生数，一乡镇一月一行",
        {
            "area_code": "乡镇代码",
            "stat_month": _MONTH,
            "source": "来源",
        },
    ),
    "peer": (
        "同类县名单",
        {"area_code": "县代码", "name": "名称", "class": "类别", "region": "片区", **_VALID},
    ),
    "peer_month": ("省通报：同类县每月公布的数", _BULLETIN),
    "city_month": ("市通报：市里每月公布的数", _BULLETIN),
    "class_history": (
        "本县各年度所在的类别",
        {
            "statistical_year": "统计年度",
            "area_code": "县代码",
            "class": "类别",
            "region": "片区",
        },
    ),
    "status": (
        "单位的称号（示范、重点管理等）",
        {"area_code": "单位代码", "status": "称号", **_VALID, **_SOURCE},
    ),
    "support": (
        "帮扶和责任单位",
        {"area_code": "单位代码", "role": "关系", "unit": "单位", **_VALID, **_SOURCE},
    ),
    "target": (
        "责任书的目标",
        {
            "area_code": "单位代码",
            "indicator": "指标",
            "statistical_year": "统计年度",
            "target": "目标值",
            **_SOURCE,
        },
    ),
}
# What the parameters of the product's own questions are called.
PARAMS: dict[str, str] = {
    "month": "所看月份",
    "first_month": "从哪个月起",
    "year_month": "统计年度的第一个月",
    "changed": "从哪个月起换表（空：登记的最近一次）",
    "county": "县",
    "area": "单位",
    "village": "村",
    "indicator": "看哪项指标",
    "indicators": "几个指标，用逗号隔开",
    "form": "换了哪种报表",
    "year": "统计年度",
    "year_opens": "统计年度从几月起",
    "line": "线（%）",
    "factor": "乘以多少",
}
# What the product's own questions are called, in the order of the pages.
QUESTIONS: dict[str, str] = {
    "falls_by_village": "换表后连续两个月下降的村",
    "villages_by_indicator": "一个月各村的一项指标",
    "villages_by_month": "一个月各村的各项指标",
    "low_months_by_village": "近12个月各村有几个月低于一条线",
    "births_out_by_village": "本年度各村的政策外出生",
    "profile_by_indicator": "一个村的各项指标，与本乡镇、全县对照",
    "profile_history_by_month": "一个村的一项指标逐月，与本乡镇、全县对照",
    "judged_villages_by_month": "各村参与判定的指标，逐月",
    "townships_by_indicator": "一个月全县和各乡镇的各项指标",
    "townships_by_month": "全县和各乡镇的一项指标，与上月、上年同月对照",
    "series_by_area": "全县和各乡镇的一项指标，逐月",
    "county_history_by_indicator": "一个单位的各项指标，逐月",
    "judged_townships_by_month": "各乡镇参与判定的指标，逐月",
    "county_by_year": "历年各孩次的男婴、女婴数",
    "townships_by_order": "各乡镇各孩次的男婴、女婴数",
    "townships_by_period": "各乡镇的男婴、女婴数，每半年一期",
    "peers_by_county": "同类县的一项指标",
    "peers_by_indicator": "同类县的各项指标，与上月对照",
    "peers_by_month": "同类县的一项指标，逐月",
    "filings_by_month": "各乡镇各报表逐月何时首报、订正几次",
    "reports_by_township": "一个月各乡镇应交的报表交了没有",
    "villages_by_report": "各村逐月在不在乡镇的报表里",
    "sources_by_area": "一个乡镇一个月的报表来自哪个文件",
    "births_by_source": "各部门的出生数与上报数对照",
    "recounts_by_township": "回溯的出生数与上报数对照",
    "inspections_by_area": "抽查和核查查出什么",
    "corrections_by_month": "各乡镇每月订正了几份报表",
    "areas_by_level": "登记册",
    "badges_by_month": "一个月各单位的称号和帮扶单位",
    "predecessors_by_area": "一个单位由哪些单位撤并而来",
    "months_by_edition": "有哪些月份的数，报表齐不齐",
    "targets_by_area": "各单位一项指标的历年目标",
    "targets_by_year": "一个年度各单位各项指标的目标",
}
