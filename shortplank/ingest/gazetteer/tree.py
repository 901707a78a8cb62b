"""Paths of areas as a tree: one node an area, whatever rows name it, and what lies above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shortplank.errors import ShortplankError
from shortplank.ingest.gazetteer.proposal import Item, Path, Spell
from shortplank.ingest.text import name_key


@dataclass(eq=False)
class Node:
    """An area: its code and name as far as rows say them, and the node above it."""

    code: str
    name: str
    above: Node | None
    spell: Spell = field(default_factory=Spell)
    aliases: set[str] = field(default_factory=set)
    follows: str = ""
    """Code of a registered area of the same name that is gone, which this one goes on from."""

    @property
    def chain(self) -> list[Node]:
        """Return the nodes from the highest down to this one; `ShortplankError` for a circle."""
        found: list[Node] = [self]
        while (above := found[-1].above) is not None:
            if above in found:
                raise ShortplankError(
                    f"{self.said} 的上级绕回了自己", place=str(self.spell.first or ""),
                    mend="请改正上级一列",
                )  # fmt: skip
            found.append(above)
        return found[::-1]

    @property
    def said(self) -> str:
        """Return the node as a sentence calls it."""
        return "".join((self.name, f"（{self.code}）" if self.code and self.name else self.code))


class Tree:
    """Nodes by code, or by name under the node above."""

    def __init__(self) -> None:
        self.by_code: dict[str, Node] = {}
        self.by_name: dict[tuple[int, str], list[Node]] = defaultdict(list)

    def add(self, path: Path, spell: Spell, where_matters: bool = True) -> Node:
        """Return the node of a path, made with those above it where they are not there yet."""
        above: Node | None = None
        for place, item in enumerate(path):
            lowest = place == len(path) - 1
            above = self._node(item, above, spell, own=lowest, strict=where_matters)
        assert above is not None
        above.spell.join(spell)
        return above

    def _node(
        self, item: Item, above: Node | None, spell: Spell, *, own: bool, strict: bool
    ) -> Node:
        same = self.by_name[id(above), name_key(item.name)] if item.name else []
        if item.code:
            node = self.by_code.get(item.code)
            if node is None:
                bare = [n for n in same if not n.code]
                node = bare[0] if bare else Node(item.code, item.name, above)
                node.code = item.code
                self.by_code[item.code] = node
            if strict:
                self._check(node, item, above, spell)
        else:
            node = same[0] if same else Node("", item.name, above)
        node.above = above if above is not None else node.above
        if item.name and not node.name:
            node.name = item.name
        if item.name and node not in same:
            self.by_name[id(above), name_key(item.name)].append(node)
        if node.spell.first is None:
            node.spell.first = spell.first
        return node

    def _check(self, node: Node, item: Item, above: Node | None, spell: Spell) -> None:
        """Raise `ShortplankError` where one code is two areas'."""
        place = "；".join(str(w) for w in (node.spell.first, spell.first) if w)
        if node.name and item.name and name_key(node.name) != name_key(item.name):
            raise ShortplankError(
                f"代码 {item.code} 是两个单位的：{node.name}和{item.name}",
                place=place,
                mend="请改正代码，或用 --code 另指代码列",
            )
        other = node.above
        if above is not None and other is not None and other is not above:
            raise ShortplankError(
                f"{node.said} 有两个上级：{other.said}和{above.said}",
                place=place,
                mend="请改正上级，或用 --name、--parent 另指列",
            )

    @property
    def nodes(self) -> list[Node]:
        """Return every node once, in the order in which they came."""
        named = [node for found in self.by_name.values() for node in found]
        every = {id(node): node for node in (*self.by_code.values(), *named)}
        return list(every.values())


def tree_of(lists: Mapping[tuple[Path, Item], Spell]) -> Tree:
    """Return the tree of plain lists; `ShortplankError` for two areas of one code and circles."""
    tree = Tree()
    pointing: list[tuple[Node, Item, Spell]] = []
    for (path, pointer), spell in lists.items():
        node = tree.add(path, spell)
        if pointer != Item("", ""):
            pointing.append((node, pointer, spell))
    named: dict[str, list[Node]] = defaultdict(list)
    for node in tree.nodes:
        named[name_key(node.name)].append(node)
    _refuse_orphans(tree, pointing)
    for node, pointer, spell in pointing:
        above = _pointed(tree, named, pointer, spell)
        if above is not node:
            if node.above is not None and node.above is not above:
                raise ShortplankError(
                    f"{node.said} 有两个上级：{node.above.said}和{above.said}",
                    place=str(spell.first or ""),
                    mend="请改正上级一列",
                )
            node.above = above
    for node in tree.nodes:
        _ = node.chain
    return tree


def _refuse_orphans(tree: Tree, pointing: Sequence[tuple[Node, Item, Spell]]) -> None:
    """Raise `ShortplankError` for an area above that no row has, where others' tops are rows."""
    told = {id(node) for node, *_ in pointing}
    if all(id(node) in told for node in tree.nodes):
        return
    for node, pointer, spell in pointing:
        if pointer.code and pointer.code not in tree.by_code:
            raise ShortplankError(
                f"{node.said}的上级 {pointer.code} 不在名单里",
                place=str(spell.first or ""),
                mend="请补上这个上级，或改正代码",
            )


def _pointed(tree: Tree, named: Mapping[str, list[Node]], pointer: Item, spell: Spell) -> Node:
    if pointer.code:
        if pointer.code not in tree.by_code:
            tree.by_code[pointer.code] = Node(pointer.code, pointer.name, None)
        found = tree.by_code[pointer.code]
        found.name = found.name or pointer.name
        return found
    same = named.get(name_key(pointer.name), [])
    if len(same) > 1:
        raise ShortplankError(
            f"上级{pointer.name}有 {len(same)} 个，分不清是哪一个",
            place=str(spell.first or ""),
            mend="请用 --parent 指明上级的代码列",
        )
    if same:
        return same[0]
    (made,) = [tree.add((Item("", pointer.name),), Spell(set(), spell.first, spell.first))]
    if isinstance(named, dict):
        named[name_key(pointer.name)] = [made]
    return made


def levels_of(tree: Tree) -> Iterator[list[Node]]:
    """Yield the nodes by their depth, the highest first, without levels that nothing names."""
    depths: dict[int, list[Node]] = defaultdict(list)
    for node in tree.nodes:
        depths[len(node.chain) - 1].append(node)
    for depth in sorted(depths):
        yield depths[depth]


def without_nameless(tree: Tree) -> list[str]:
    """Take out levels of which no area has a name, and name what is left by its code.

    Returns what was done, in words.
    """
    said = []
    below = {id(node.above) for node in tree.nodes}
    for depth, nodes in enumerate(list(levels_of(tree)), start=1):
        nameless = [node for node in nodes if not node.name]
        if len(nameless) == len(nodes) and all(id(node) in below for node in nodes):
            said.append(f"第 {depth} 级只有代码、没有名称（{len(nodes)} 个），没有登记这一级")
            taken = {id(node) for node in nodes}
            for node in tree.nodes:
                if node.above is not None and id(node.above) in taken:
                    node.above = node.above.above
            for node in nodes:
                tree.by_code.pop(node.code, None)
        elif nameless:
            said.append(f"有 {len(nameless)} 个单位没有名称，用代码作名称")
            for node in nameless:
                node.name = node.code
    return said
