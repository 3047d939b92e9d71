"""Prints the strings and comments of Python files as JSON: {FILE: [{"line", "text", "kind"}]}."""

import ast
import io
import json
import sys
import tokenize


def docstrings(tree: ast.Module) -> set[int]:
    """Strings that are statements, and so comments, by the identity of their nodes."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def text_of(node: ast.expr) -> str:
    """The text of a string; placeholders become underscores."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(value) for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "_"


def strings(tree: ast.Module):
    """Every string in which somebody is addressed: those with a space."""
    known = docstrings(tree)
    inner = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in ast.walk(node) if value is not node}
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, (ast.JoinedStr, ast.Constant)):
            continue
        text = text_of(node)
        if " " in text:
            yield node.lineno, text, "comment" if id(node) in known else "message"


def comments(source: str):
    """Comments on lines that follow each other are one."""
    block, start, last = [], 0, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if block and line != last + 1:
            yield start, "\n".join(block), "comment"
            block = []
        if not block:
            start = line
        block.append(token.string.lstrip("#").strip())
        last = line
    if block:
        yield start, "\n".join(block), "comment"


pieces = {}
for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as stream:
        source = stream.read()
    found = [*strings(ast.parse(source)), *comments(source)]
    pieces[file] = [{"line": line, "text": text, "kind": kind} for line, text, kind in found]
json.dump(pieces, sys.stdout)
