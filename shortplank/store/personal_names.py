"""Names of persons: by themselves, behind the word for what the person does, and where a post goes.

A name is told by its surname. What ends like a place, an office or a count is none, though it
begins with a character that is a surname too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from shortplank.store.personal_numbers import plain


def _pairs(text: str) -> frozenset[str]:
    """Return the words of two characters that a text strings together."""
    return frozenset(text[at : at + 2] for at in range(0, len(text), 2))


_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤温"
)
# Rarer ones count only where a name is expected: behind 填报人, or where a post belongs.
_RARER = frozenset(
    "常康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    "童凌毕单裴霍成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣"
    "巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺"
    "楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来"
    "扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾"
    "戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧張劉陳楊黃趙吳孫馬鄭謝羅許韓馮鄧"
    "蕭葉程蘇呂盧鐘譚陸範賈韋鄒龍賀顧龔邵萬錢嚴戴湯溫"
)
_COMPOUND = _pairs(
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
    "公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁"
    "拓跋轩辕令狐段干百里呼延东郭南门羊舌微生公户公玉梁丘左丘东门西门第五歐陽司馬諸葛"
)
_AREA_ENDS = frozenset("村镇乡区里街道县市会场组计屯寨站所院局办科股队表报月年度孩男女数率")
_PLACE_ENDS = _AREA_ENDS | frozenset(
    "庄店集堡沟湾塘岭桥营铺台坝坪坡冲河口山峰浦渚陵原麓岗湖溪崖校园厂矿馆部处委室岗州省旗盟项类型式度量额"
)
# Words of reports that begin with a surname's character.
_WORDS = _pairs(
    "方案方法方式方面范围范本范例金额余额高中高级安全文化文件文字万元万人万户江淮江南田地程序"
    "温馨白天石材龙头马上常务常规常住常委单位单独时间时效路线成绩成员成立成果房产关系关于关注"
    "管理管辖全县全部全体全年应报应建费用支出支持支部门诊门卫国家国土计划计生计算平均平方相关"
    "相近相同初审初婚初步信息信访利用阳性公章盖章公安公告公开公示党委党政党员党支农业农村农委司法商务"
    "边境强化统计南方北方东方连续连接项目查实查处古稀华侨明细明确易地尚未元旦干部干事和谐海外"
    "广电普通普查原因原始来源来自都市满意满足位置区域经办代表审核主管任务任职任命向上向下周期"
    "周岁周边何时水利曾用叶酸毛入钱数严重严格严禁武装顾问段落邮编贺信金融万例白纸史料高龄高危"
    "于是于每易感权限权重容量展示银行卫生卫计米数车辆车间包村包片包保联系施工师资师范封面封底"
    "印章印制文书文教文卫解除解决沙盘平台居委居民居住官方谈话智能富余惠民惠农修订修改修正"
)
_TITLES = (
    "副主任|主任|副书记|书记|同志|科长|副科长|股长|副股长|局长|副局长|镇长|副镇长|乡长|副乡长|"
    "村长|村主任|专干|老师|医生|医师|护士|先生|女士|小姐|站长|副站长|所长|副所长|部长|处长|"
    "组长|主席|委员|干事|秘书|师傅|会计|出纳|文书|县长|副县长|院长|副院长|经理|总监|主管|科员|"
    "办事员|统计员|助理|校长|队长|阿姨|大姐|大爷|大妈|某某"
)
_BEHIND_OFFICE = re.compile(
    rf".*(?:{_TITLES}|[办股科局所站室委岗镇乡村]|街道|社区)([一-鿿]{{2,3}})"
)
_SHORT_TITLES = frozenset("局总工科姐哥嫂叔婶某氏")  # behind a surname alone
_TITLED = re.compile(rf"(.{{1,4}}?)(?:{_TITLES})")
_OFFICE = re.compile(
    r"[村镇乡区县市省街办站股科局所委室部处厅院校岗会组队馆]|[统计]|人口|卫生|计生|规划|政策|"
    r"信息|文化|安全"
)
_MINORITY = re.compile(r"[一-鿿]{2,8}(?:[·•・‧∙.．][一-鿿]{1,8}){1,3}")

_LABELS = (
    r"填报[人员]|报告人|填表人|填写人|制表人?|制单人?|报表人|报送人|上报人|经办人?|经手人|承办人|负责人|"
    r"责任人|联系人|联络人|"
    r"联系领导|审核人?|审批人|审签人?|复核人?|核对人|校对人?|统计员|录入人|录入员|登记人|操作员|"
    r"采集人|调查员|调查人|"
    r"编制人|签发人|签字人?|签名|分管领导|主管领导|分管负责人|包村干部|驻村干部|包片干部|村主任|"
    r"村书记|支部书记|支书|"
    r"计生专干|专干|汇总人|当事人|服务对象|填報人|負責人|聯絡人|製表人?|審核人?"
)
# Forms write 填 报 人 to fill a line.
_LABEL = re.sub(r"(?<=[一-鿿])(?=[一-鿿])", r"\\s*", _LABELS)
_KIN = (
    r"姓名|户主|戶主|丈夫|妻子|配偶|产妇|孕妇|父亲|母亲|夫妇|本人|女方|男方|监护人|婴儿|新生儿|"
    r"对象姓名|妇女姓名"
)
_ENGLISH_BY = "prepared|reported|filled(?: in)?|submitted|compiled|checked|approved|signed"
_ENGLISH = (
    r"contact(?: person| name)?|responsible(?: person)?|person in charge|full name|author|reporter|"
    rf"(?:{_ENGLISH_BY}) by"
)
_SIGN = (
    r"\s*(?:[(\[](?:签字|签名|签章|盖章|姓名|章)[)\]])?\s*[:;=—_|/.,、\-]*\s*(?:为|是|系)?"
    r"\s*[(\[【“\"‘《<]?\s*"
)
# Words that say what is done or held: a name stands behind them only after a colon.
_DONE = (
    r"填报|填表|统计|汇总|村医|医生|护士|报送|上报|录入|联系|联络|审核|复核|核对|制表|经办|主任|书记|镇长|乡长|村长|站长|所长|"
    r"局长|科长|股长|组长|院长|县长|会计"
)
_LABELLED = re.compile(rf"(?:{_LABEL})(?![口数员率次均量]){_SIGN}(?=\S)")
_DONE_LABELLED = re.compile(rf"(?:{_DONE})\s*[:=]\s*(?=\S)")
_KIN_LABELLED = re.compile(rf"(?:{_KIN})(?:[:=\s_-]|为|是|叫)+([一-鿿]{{2,4}}|[A-Za-z]{{2,}})")
_ENGLISH_LABELLED = re.compile(
    rf"\b(?:(?:{_ENGLISH})\b\s*[:=-]|(?:{_ENGLISH_BY}) by\b)\s*(?=\S)", re.IGNORECASE
)
_ENDS = re.compile(
    rf"[,，;；。!?()\[\]<>|/\d\n\"“”]|(?:{_LABEL}|电话|手机|联系|日期|时间|审核|单位|报出|职务|"
    rf"身份|性别)"
)
_LABEL_ALONE = re.compile(rf"(?:.{{0,6}}(?:{_LABEL}|{_KIN}))(?:[(\[].{{0,4}}[)\]])?[:_\s]*")
_LATIN_NAME = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?(?:[\s.·_-]+[A-Za-z]+){0,3}")
_OFFICES = re.compile(
    r"office|dep(?:artmen)?t|bureau|team|cent(?:er|re)|unit|section|ministry|county|town|village|"
    r"statistic|planning|health|admin|data|system|service|none|nil|n/?a\b|report|desk|group|root|"
    r"user|test|public|district|division|council|authority|policy|duty|shortplank",
    re.IGNORECASE,
)
_SYLLABLE = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|"
    r"uo|ue"
    r"|ve|er|a|o|e|i|u|v))"
)
_PINYIN_SURNAMES = re.compile(
    r"wang|li|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|ma|zhu|hu|guo|he|gao|lin|zheng|xie|"
    r"luo|liang|song|tang|han|feng|deng|cao|peng|zeng|xiao|tian|dong|yuan|pan|yu|jiang|cai|du|"
    r"ye|cheng|su|wei|lu|lv|ding|ren|shen|yao|cui|zhong|tan|fan|jin|shi|liao|jia|xia|fu|fang|"
    r"bai|zou|meng|xiong|qin|qiu|yin|xue|yan|duan|lei|hou|long|tao|gu|mao|hao|gong|shao|wan|"
    r"qian|dai|mo|kong|ouyang|zhuge|sima|shangguan"
)


def looks_like_a_name(text: str) -> bool:
    """Return whether a text may be a person's name: two to four characters after a surname.

    >>> looks_like_a_name("张某某"), looks_like_a_name("高坪村"), looks_like_a_name("合计")
    (True, False, False)
    """
    if text.isascii() or len(text) > 60:
        return False
    key = re.sub(r"\s+", "", plain(text))
    known = key[:1] in _SURNAMES or key[:2] in _COMPOUND
    return 2 <= len(key) <= 4 and _han(key) and known and key[-1] not in _AREA_ENDS


def is_a_bare_name(text: str) -> bool:
    """Return whether a sheet's or a file's name, or a piece of it, is a person's and no place's.

    >>> [is_a_bare_name(text) for text in ("张某某", "李店", "方案", "Zhang San")]
    [True, False, False, True]
    """
    key = re.sub(r"\s+", "", plain(text))
    if looks_like_a_name(key):
        return key[-1] not in _PLACE_ENDS and not _is_word(key)
    words = plain(text).split()
    spelt = len(words) in (2, 3) and any(_is_pinyin_name("".join(words), word) for word in words)
    return bool(_MINORITY.fullmatch(key)) or spelt


def is_label_alone(text: str) -> bool:
    """Return whether a text is the word for what a person does and nothing more.

    >>> is_label_alone("单位负责人（签章）："), is_label_alone("填报人：张某")
    (True, False)
    """
    return bool(_LABEL_ALONE.fullmatch(plain(text).strip()))


def is_named(text: str) -> bool:
    """Return whether a text names a person beside what the person does (填报人：…).

    >>> is_named("填报人：张某"), is_named("负责人：规划统计股"), is_named("联系人口学会")
    (True, False, False)
    """
    seen = plain(text)
    if _KIN_LABELLED.search(seen):
        return True
    for match in _LABELLED.finditer(seen):
        if is_a_person(_until_next(seen[match.end() :]), behind_label=True):
            return True
    others = (*_DONE_LABELLED.finditer(seen), *_ENGLISH_LABELLED.finditer(seen))
    return any(is_a_person(_until_next(seen[match.end() :])) for match in others)


def is_a_person(text: str, *, behind_label: bool = False) -> bool:
    """Return whether what stands where a person or a post is expected is a person's name.

    >>> is_a_person("张 某"), is_a_person("欧阳某"), is_a_person("张主任"), is_a_person("Zhang San")
    (True, True, True, True)
    >>> is_a_person("规划统计股"), is_a_person("计生办主任"), is_a_person("高坪村")
    (False, False, False)
    """
    return any(_is_person(each, behind_label) for each in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """Yield the text without blanks, and its parts, alone and two beside each other."""
    parts = [part for part in re.split(r"[\s,;、，；:()\[\]/|_]+", plain(text)) if part]
    yield "".join(parts) if any(map(_han, parts)) else " ".join(parts)
    yield re.sub(r"[\W\d_]+", "", plain(text))
    if len(parts) > 1:
        yield from parts
        short = pairwise(parts)
        yield from (a + b for a, b in short if _han(a + b) and len(a) <= 2 and len(b) <= 2)


def _is_person(text: str, behind_label: bool) -> bool:
    if _is_han_name(text) or _MINORITY.fullmatch(text):
        return True
    if len(text) == 2 and text[0] in _SURNAMES and text[1] in _SHORT_TITLES:
        return True
    if len(text) == 2 and text[0] in "老小" and text[1] in _SURNAMES:
        return True
    if (behind := _BEHIND_OFFICE.fullmatch(text)) and looks_like_a_name(behind[1]):
        return _is_han_name(behind[1])
    if (titled := _TITLED.fullmatch(text)) and _has_surname(titled[1]):
        return not _OFFICE.search(titled[1]) and not _is_word(text)
    return _is_latin_name(text, alone=behind_label)


def _is_han_name(key: str) -> bool:
    if not (2 <= len(key) <= 4 and _han(key)) or key[-1] in _PLACE_ENDS or _is_word(key):
        return False
    return _has_surname(key) and not _OFFICE.search(key) and not re.fullmatch(_TITLES, key)


def _has_surname(key: str) -> bool:
    return key[:1] in _SURNAMES or key[:1] in _RARER or key[:2] in _COMPOUND


def _is_word(key: str) -> bool:
    return key[:2] in _WORDS or key[:3] in _WORDS


def _is_latin_name(text: str, *, alone: bool = False) -> bool:
    """Return whether Latin letters spell a name: two capitalised words, or Chinese syllables.

    ``alone`` takes any word, as behind 填报人.
    """
    text = text.removesuffix(".")
    if not _LATIN_NAME.fullmatch(text) or _OFFICES.search(text):
        return False
    words = [word for word in re.split(r"[\s.·_-]+", text) if word]
    if alone:
        return len(text) >= 2
    if len(words) > 1:
        capital = all(word[:1].isupper() for word in words)
        return capital or any(_is_pinyin_name("".join(words), word) for word in words)
    return _is_pinyin_name(text, text) and len(text) > 4


def _is_pinyin_name(whole: str, first: str) -> bool:
    """Return whether a word begins (or is) a surname, and all of it is two to four syllables."""
    low, first = whole.casefold(), first.casefold()
    if not _PINYIN_SURNAMES.match(first):
        return False
    return bool(re.fullmatch(rf"(?:{_SYLLABLE.pattern}(?:ng|n|r)?){{2,4}}", low))


def _until_next(text: str) -> str:
    """Return what a label says: as far as the next mark, number or label."""
    match = _ENDS.search(text)
    return (text[: match.start()] if match else text)[:24].strip(" :_-=—.")


def _han(text: str) -> bool:
    return bool(text) and all("一" <= letter <= "鿿" for letter in text)
