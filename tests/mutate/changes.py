"""What can be changed in a statement, so that it remains Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeVar

from tests.mutate.printed import Statement, expressions

Node = TypeVar("Node", bound=ast.AST)
Placed = Statement | ast.expr
Change = tuple[Placed, Placed, str]
"""The nodes that it starts and ends with, and what stands in their place."""

OTHERS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
"""Operators, and those that one may take for them."""

SIBLINGS = {
    "FIRST_COMPLETED": ("asyncio.ALL_COMPLETED", "asyncio.FIRST_EXCEPTION"),
    "PIPE": ("asyncio.subprocess.DEVNULL",),
    "STDOUT": ("asyncio.subprocess.DEVNULL",),
    "SIGTERM": ("SIGINT",),
    "add": ("discard",),
    "add_done_callback": ("remove_done_callback",),
    "call_soon_threadsafe": ("call_soon",),
    "cancel": ("cancelled",),
    "clear": ("set",),
    "communicate": ("wait",),
    "discard": ("add",),
    "get_running_loop": ("new_event_loop",),
    "kill": ("terminate",),
    "pause_reading": ("resume_reading",),
    "read": ("readline", "readexactly"),
    "readline": ("read",),
    "remove_signal_handler": ("add_signal_handler",),
    "result": ("exception",),
    "resume_reading": ("pause_reading",),
    "run_coroutine_threadsafe": ("ensure_future",),
    "set": ("clear",),
    "shield": ("ensure_future",),
    "task_done": ("empty",),
    "terminate": ("kill",),
    "timeout": ("timeout_at",),
}
"""Names, and those that one may take for them."""

WITH_OPERATORS = ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp | ast.IfExp
DELETED = ast.AugAssign | ast.Break | ast.Continue | ast.Expr | ast.Raise


def changes(node: Statement, words: str, in_class: bool) -> Iterator[Change]:
    """Yield what can be changed in a statement whose definition prints these words."""
    yield from of_statement(node, in_class)
    for part in expressions(node, words):
        for text in of_expression(part):
            wrapped = f"({text})" if isinstance(part, WITH_OPERATORS) else text
            yield part, part, wrapped
        for condition in conditions(part):
            yield condition, condition, f"not ({ast.unparse(condition)})"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            yield decorator, decorator, "(lambda same: same)"


def of_statement(node: Statement, in_class: bool) -> Iterator[Change]:
    """Yield what can be changed in a statement as a whole."""
    match node:
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield node, node, "pass"
        case ast.Return(value=ast.expr()):
            yield node, node, "return None"
        case ast.If(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Constant):
                yield test, test, f"not ({ast.unparse(test)})"
        case ast.With(items=[item]) | ast.AsyncWith(items=[item]):
            if item.optional_vars is None:
                yield node, item.context_expr, "if True"
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield caught, caught, "LookupError"
        case ast.ClassDef(bases=[base, *_]):
            yield base, base, "object"
        case ast.FunctionDef() | ast.AsyncFunctionDef() if in_class:
            yield node, node, "pass"
    if isinstance(node, DELETED):
        yield node, node, "pass"
    if isinstance(node, ast.AugAssign):
        for other in OTHERS.get(type(node.op), ()):
            yield node, node, ast.unparse(replaced(node, op=other()))


def of_expression(node: ast.expr) -> Iterator[str]:
    """Yield what can stand in the place of an expression."""
    match node:
        case ast.Await(value=value) | ast.Starred(value=value):
            yield ast.unparse(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield ast.unparse(operand)
        case ast.Yield(value=ast.expr()):
            yield "(yield)"
        case ast.IfExp():
            yield ast.unparse(replaced(node, body=node.orelse, orelse=node.body))
        case ast.Compare(ops=[op]):
            for other in OTHERS.get(type(op), ()):
                yield ast.unparse(replaced(node, ops=[other()]))
        case ast.BinOp() | ast.BoolOp():
            for other in OTHERS.get(type(node.op), ()):
                yield ast.unparse(replaced(node, op=other()))
        case ast.Name(id=name):
            yield from SIBLINGS.get(name, ())
        case ast.Attribute(attr=name):
            for sibling in SIBLINGS.get(name, ()):
                named = sibling.rpartition(".")[2]
                yield ast.unparse(replaced(node, attr=named))
        case ast.Constant(value=value):
            yield from map(repr, other_values(value))
        case ast.JoinedStr():
            yield from other_texts(node)
        case ast.Call():
            yield from map(ast.unparse, other_calls(node))


def conditions(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the conditions inside of an expression."""
    for each in getattr(node, "generators", ()):
        yield from each.ifs


def other_values(value: object) -> Iterator[object]:
    """Yield constants near to one; of a long time or a large number, far from it."""
    match value:
        case bool():
            yield not value
        case int() if abs(value) < 10:
            yield value + 1
            yield value - 1
        case int() | float():
            yield value * 10
            yield type(value)(0)
        case str():
            yield value + "x"
        case bytes():
            yield value + b"x"


def other_texts(node: ast.JoinedStr) -> Iterator[str]:
    """Yield an f-string with another text in it."""
    for number, part in enumerate(node.values):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            values = list(node.values)
            values[number] = ast.Constant(part.value + "x")
            yield ast.unparse(replaced(node, values=values))
            return


def other_calls(node: ast.Call) -> Iterator[ast.Call]:
    """Yield a call without each of its arguments, and with two in another order."""
    for number in range(len(node.args)):
        yield replaced(node, args=node.args[:number] + node.args[number + 1 :])
    for number in range(len(node.keywords)):
        rest = node.keywords[:number] + node.keywords[number + 1 :]
        yield replaced(node, keywords=rest)
    if len(node.args) > 1:
        first, second, *others = node.args
        yield replaced(node, args=[second, first, *others])


def replaced(node: Node, **fields: object) -> Node:
    """Return a copy of a node with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})
