"""Takes what must not be read out of text before it is printed."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote, urlsplit

Redactor = Callable[[str], str]

MASK = "***"
# Shorter values would turn up in ordinary words; the patterns still catch them where they stand as credentials.
SHORTEST_LITERAL = 4
PATTERNS = (
    (re.compile(r"(https?://)[^\s/@\"']+@", re.IGNORECASE), rf"\1{MASK}@"),
    (re.compile(r"([a-z][a-z0-9+.-]*://)[^\s/@:\"']*:[^\s/@\"']*@", re.IGNORECASE), rf"\1{MASK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{4,}"), rf"\1 {MASK}"),
)
URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'#]+", re.IGNORECASE)


def credentials_in(text: str) -> set[str]:
    """User names and passwords of every URL in a string, such as a pip.conf, as written and decoded."""
    found: set[str] = set()
    for address in URL.findall(text):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        secret = parts.password if parts.password is not None else parts.username
        # `git@` and the like are not secrets.
        if secret and parts.scheme not in ("ssh", "git+ssh"):
            found |= {secret, unquote(secret)}
    return found


def create_redactor(secrets: Iterable[str]) -> Redactor:
    """Makes a redactor for known secrets; credentials in URLs and headers are found without being known."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
    # The longest first, so that a secret that contains another goes as a whole.
    literals = sorted((form for form in forms if len(form) >= SHORTEST_LITERAL), key=len, reverse=True)

    def redact(text: str) -> str:
        for literal in literals:
            text = text.replace(literal, MASK)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    return redact
