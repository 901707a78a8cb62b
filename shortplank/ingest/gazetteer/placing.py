"""Which of the product's levels each level of a tree is, and codes for areas that have none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Sequence

from shortplank.catalogue.base import LEVELS, Level
from shortplank.catalogue.references import LEVEL_WORDS
from shortplank.errors import ShortplankError
from shortplank.ingest.gazetteer.known import Known
from shortplank.ingest.gazetteer.proposal import Note, first_words
from shortplank.ingest.gazetteer.sites import common_length, usual_beginning
from shortplank.ingest.gazetteer.tree import Node, Tree, levels_of

# Of so many levels in a list, which one the lowest is where no form says it.
_LOWEST: dict[int, Level] = {1: "township", 2: "township", 3: "village", 4: "village"}
_COUNTY = LEVELS.index("county")
MADE = "X"
_PLAIN = re.compile(r"[^0-9A-Za-z]")
MOST = 20


def place(tree: Tree, known: Known, lowest: Level | None, notes: list[Note]) -> dict[Node, Level]:
    """Return each node's level, with nodes made where a level above is not in the files."""
    levels = list(levels_of(tree))
    depth = len(levels)
    if depth > len(LEVELS):
        raise ShortplankError(
            f"共有 {depth} 级，本系统只有省、县、乡镇、村四级",
            mend="请用 --name（和 --code）指明要登记的几级，从上到下",
        )
    bottom = LEVELS.index(lowest or _LOWEST[depth])
    top = bottom - depth + 1
    if top < 0:
        _drop(tree, levels[:-top], notes)
        levels, top = levels[-top:], 0
    found: dict[Node, Level] = {}
    for offset, nodes in enumerate(levels):
        found |= dict.fromkeys(nodes, LEVELS[top + offset])
        count, word = len(nodes), LEVEL_WORDS[LEVELS[top + offset]]
        names = "、".join(node.name for node in nodes[:3])
        sentence = f"第 {offset + 1} 级作为{word}：{count} 个（{names}{'等' if count > 3 else ''}）"
        notes.append(Note("guessed" if lowest is None else "said", word, sentence))
    for level in range(top - 1, _COUNTY - 1, -1):
        found |= _made_above(tree, found, level, known, notes)
    return found


def _drop(tree: Tree, levels: Sequence[Sequence[Node]], notes: list[Note]) -> None:
    gone = {id(node) for nodes in levels for node in nodes}
    for node in tree.nodes:
        if node.above is not None and id(node.above) in gone:
            node.above = None
    for nodes in levels:
        names = "、".join(node.name for node in nodes[:3])
        notes.append(Note("said", "级别", f"最上面一级（{names}等）没有登记：级数已够"))
        for node in nodes:
            tree.by_code.pop(node.code, None)
    for key, nodes_of in list(tree.by_name.items()):
        tree.by_name[key] = [node for node in nodes_of if id(node) not in gone]


def _made_above(
    tree: Tree, found: dict[Node, Level], level: int, known: Known, notes: list[Note]
) -> dict[Node, Level]:
    """Put one node over the highest ones: the home for a county, else one made in its name."""
    home = known.ws.home
    over = Node("", home.name, None)
    if level == _COUNTY:
        over.code = home.area_code
    for node in found:
        if node.above is None:
            node.above = over
            over.spell.join(node.spell)
    if over.code:
        tree.by_code[over.code] = over
    tree.by_name[0, home.name + LEVELS[level]] = [over]
    word = LEVEL_WORDS[LEVELS[level]]
    sentence = f"文件里没有{word}一级，单位都归在{over.said}之下"
    notes.append(Note("guessed", over.name, sentence))
    return {over: LEVELS[level]}


# --- codes ----------------------------------------------------------------------------------------
def give_codes(
    places: dict[Node, Level], known: Known, notes: list[Note], digits: Sequence[int] = ()
) -> None:
    """Give every node a code: its own, a registered one's, its units' beginning, or a made one.

    ``digits`` are the lengths of those beginnings where a person says them, from the top down; the
    last is that of the level above the lowest.
    """
    deepest = max(LEVELS.index(level) for level in places.values())
    above = reversed(LEVELS[:deepest])
    lengths = dict(zip(above, reversed(digits), strict=False))
    for node in places:
        _tidy_code(node)
    below: dict[Node, list[Node]] = defaultdict(list)
    for node in places:
        if node.above is not None:
            below[node.above].append(node)
    most: int | None = None
    for level in reversed(LEVELS):
        bare = [n for n, at in places.items() if at == level and not n.code]
        if level != "village" and bare:
            own = lengths.get(level)
            most = _beginnings(bare, below, places, own or most, notes, exact=own is not None)
    for level in LEVELS:
        of_level = [n for n, at in places.items() if at == level]
        said = {code for node in of_level for code in (node.code, *node.aliases)}
        for node in of_level:
            _registered(node, known)
            if node.code and node.code not in known.ws.area_by_code:
                _recoded(node, known, said, notes)
        _make([n for n in of_level if not n.code], places, known, level, notes)


def _tidy_code(node: Node) -> None:
    """Keep letters and digits of a code; the code as files have it becomes another spelling."""
    plain = _PLAIN.sub("", node.code)
    if plain != node.code:
        node.aliases.add(node.code)
        node.code = plain
    if len(plain) > MOST:
        raise ShortplankError(
            f"代码 {plain[:30]} 超过 {MOST} 位", place=str(node.spell.first or ""),
            mend="请用 --code 另指代码列",
        )  # fmt: skip


def _leaves(node: Node, below: dict[Node, list[Node]]) -> list[str]:
    """Return the codes below a node that files themselves say, those of the lowest level."""
    found: list[str] = []
    for child in below.get(node, ()):
        deeper = _leaves(child, below)
        found += deeper or ([child.code] if child.code else [])
    return found


def _beginnings(
    bare: Sequence[Node],
    below: dict[Node, list[Node]],
    places: Iterable[Node],
    most: int | None,
    notes: list[Note],
    *,
    exact: bool = False,
) -> int | None:
    """Give nodes the beginning that their units' codes share, where no other node has the same."""
    codes = {node: found for node in bare if (found := _leaves(node, below))}
    length = common_length(list(codes.values()), most)
    if exact and length != most:
        raise ShortplankError(
            f"下级代码的前 {most} 位不是每个上级单位都相同", place="--digits", mend="请改正位数"
        )
    taken = {node.code for node in places if node.code}
    while length > 0:
        said = {node: usual_beginning(found, length)[0] for node, found in codes.items()}
        if len(set(said.values())) == len(said) and not taken & set(said.values()):
            break
        length = 0 if exact else length - 1
    if length <= 0:
        return most
    for node, code in said.items():
        node.code = code
    some = "、".join(f"{node.name} {code}" for node, code in list(said.items())[:3])
    sentence = f"{len(said)} 个上级单位没有自己的代码，取下级代码共有的开头（{some}）"
    rows = first_words(node.spell.first for node in list(said)[:3])
    notes.append(Note("guessed", "代码", sentence, rows))
    return length - 1


def _registered(node: Node, known: Known) -> None:
    """Take a registered area's code where the node is one by code, or by its name."""
    above = node.above.code if node.above is not None else ""
    own = known.code_of([code for code in (node.code, *sorted(node.aliases)) if code])
    if not own and (not node.code or MADE in node.code):
        own = known.named(above, [node.name, *sorted(node.aliases)])
    if own and own != node.code:
        if node.code:
            node.aliases.add(node.code)
        node.code = own


def _recoded(node: Node, known: Known, said: Collection[str], notes: list[Note]) -> None:
    """Know a registered area again that no file calls by its code, and one by its name.

    While it stands the new code is another spelling of its own; once it was gone it has an heir.
    """
    above = node.above.code if node.above is not None else ""
    names = [node.name, *sorted(node.aliases)]
    old = known.named(above, names, node.spell.begins) if above else ""
    if not old or old in said:
        return
    if known.stands(old, node.spell.begins):
        sentence = f"{node.name}已登记为 {old}，文件里用代码 {node.code}：同一上级、同名，作为别名"
        node.aliases.add(node.code)
        node.code = old
    else:
        sentence = f"{node.name}（{old}）已不再有，文件里以新代码 {node.code} 回来：归新代码"
        node.follows = old
    notes.append(Note("guessed", node.name, sentence, first_words((node.spell.first,))))


def made_code(above: str, taken: Container[str]) -> str:
    """Return a code under another that is not taken, and that no office gives.

    >>> made_code("990101", {"990101X01"})
    '990101X02'
    """
    number = 1
    while (code := f"{above}{MADE}{number:02d}") in taken:
        number += 1
    return code


def _make(
    bare: Sequence[Node], places: dict[Node, Level], known: Known, level: Level, notes: list[Note]
) -> None:
    taken = {node.code for node in places} | set(known.ws.area_by_code)
    for node in sorted(bare, key=lambda n: (n.above.code if n.above else "", n.spell.ends)):
        above = node.above.code if node.above is not None else ""
        node.code = made_code(above, taken)
        taken.add(node.code)
    if bare:
        some = "、".join(f"{node.name} {node.code}" for node in bare[:3])
        word = LEVEL_WORDS[level]
        sentence = f"{len(bare)} 个{word}没有代码，编了带 {MADE} 的代码（{some}），不是正式代码"
        rows = first_words(node.spell.first for node in bare[:3])
        notes.append(Note("guessed", "代码", sentence, rows))
