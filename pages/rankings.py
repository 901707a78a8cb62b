"""乡镇排名: the townships with their intervals, beside the peers on the same scale."""

from shortplank.answers.ranking import ranking, ranking_table
from shortplank.figures.ranking import ranking_figure
from shortplank.ui.frame import open_page

with open_page("rankings", indicators=lambda item: "township" in item.levels) as page:
    answer = ranking(page.view)
    page.title(answer.title, answer.item.label, answer.period, answer.item.unit, "横条为 95% 区间")
    if answer.is_empty:
        page.say("本期没有乡镇数据。")
    else:
        page.chart(ranking_figure(answer, page.style), key="ranking", alt=answer.title)
        page.legend(answer.verdicts)
        page.say(answer.sentence)
        page.notes(answer.notes)
        page.table(
            ranking_table(answer), name="乡镇排名", key="table", decimals=answer.item.decimals
        )
    page.stamp()
