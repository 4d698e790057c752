"""What a mutant changes: read from the file that mutmut wrote, in which each stands beside the original.

What belongs here: text and syntax. What does not: running anything.
"""

import ast
import copy
import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MARK = "__mutmut_"


@dataclass(frozen=True)
class Change:
    """One mutant. `was` and `now` are the lines that differ, without the blanks around them."""

    file: str
    line: int
    was: str
    now: str
    words_only: bool

    def __str__(self) -> str:
        told = [f"    - {line}" for line in self.was.splitlines()] + [f"    + {line}" for line in self.now.splitlines()]
        return "\n".join(told)


def change_of(mutants: Path, source: Path, name: str) -> Change:
    """The change that a mutant makes.

    Args:
        mutants: folder of the mutated files.
        source: folder of the files as they are.
        name: as mutmut says it: package.module.function__mutmut_number.
    """
    module, _, mangled = name.rpartition(".")
    file = module.replace(".", "/") + ".py"
    functions, lines = _functions(mutants / file)
    plain = mangled.partition(MARK)[0]
    original, mutant = functions[f"{plain}{MARK}orig"], functions[mangled]
    before, after = (lines[node.lineno - 1 : node.end_lineno] for node in (original, mutant))
    edits = difflib.SequenceMatcher(None, before, [after[0].replace(mangled, f"{plain}{MARK}orig"), *after[1:]])
    steps = [step for step in edits.get_opcodes() if step[0] != "equal"]
    first = steps[0][1] if steps else 0
    was, now = (
        "\n".join(line.strip() for step in steps for line in text[step[a] : step[b]])
        for text, a, b in ((before, 1, 2), (after, 3, 4))
    )
    start = _starts(source / file)[plain.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")]
    return Change(file, start + first, was, now, _skeleton(original) == _skeleton(mutant))


@lru_cache
def _functions(path: Path) -> tuple[dict[str, ast.FunctionDef], list[str]]:
    text = path.read_text()
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and MARK in node.name)
    return {node.name: node for node in nodes}, text.splitlines()


@lru_cache
def _starts(path: Path) -> dict[str, int]:
    """Function or Class.method → its first line."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node.lineno
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}": inner.lineno for inner in node.body if hasattr(inner, "name")}
    return found


class _WithoutWords(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node


def _skeleton(node: ast.FunctionDef) -> str:
    """The function without its name and whatever stands in quotes."""
    bare = _WithoutWords().visit(copy.deepcopy(node))
    bare.name = ""
    return ast.dump(bare)
