"""Whether a text is an expression of CESQL, the filter language of CloudEvents (github.com/cloudevents/spec, cesql). Evaluates nothing."""

import re

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")|(?P<number>\d+)|(?P<operator><=|>=|<>|!=|[-=<>+*/%])|(?P<mark>[(),])|(?P<word>\w+))"
)
BINARY = {"=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "AND", "OR", "XOR", "LIKE", "IN"}
NEGATED = {"LIKE", "IN"}


def is_expression(text: str) -> bool:
    """Whether the text is well formed. Types and names of functions are not looked at."""
    tokens = _tokens(text)
    if tokens is None:
        return False
    try:
        return _expression([*tokens, ""], 0) == len(tokens)
    except SyntaxError:
        return False


def _tokens(text: str) -> list[str] | None:
    """Words in capitals, literals as they are; None when something is neither."""
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            return None
        tokens.append(match[0].strip() if match["text"] else match[0].strip().upper())
        place = match.end()
    return tokens


def _expression(tokens: list[str], at: int) -> int:
    """The place after an operand and any operators with theirs. Raises `SyntaxError`."""
    at = _operand(tokens, at)
    while True:
        if tokens[at] == "NOT" and tokens[at + 1] in NEGATED:
            at += 1
        if tokens[at] not in BINARY:
            return at
        at = _list(tokens, at + 1) if tokens[at] == "IN" else _operand(tokens, at + 1)


def _operand(tokens: list[str], at: int) -> int:
    token = tokens[at]
    if token in ("NOT", "-"):
        return _operand(tokens, at + 1)
    if token == "(":
        return _expect(tokens, _expression(tokens, at + 1), ")")
    if token == "EXISTS":
        return _operand(tokens, at + 1)
    if token in BINARY or token in ("", ")", ","):
        raise SyntaxError(token)
    return _list(tokens, at + 1) if tokens[at + 1] == "(" and token[0].isalpha() else at + 1


def _list(tokens: list[str], at: int) -> int:
    """Expressions between parentheses."""
    at = _expect(tokens, at, "(")
    if tokens[at] == ")":
        return at + 1
    at = _expression(tokens, at)
    while tokens[at] == ",":
        at = _expression(tokens, at + 1)
    return _expect(tokens, at, ")")


def _expect(tokens: list[str], at: int, token: str) -> int:
    if tokens[at] != token:
        raise SyntaxError(tokens[at])
    return at + 1
