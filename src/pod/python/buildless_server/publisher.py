"""Posts CloudEvents to the Function's publisher (PUBLISHER_PROXY_ADDRESS)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .journal import note


@dataclass(frozen=True)
class Published:
    """The publisher's answer, with the names of `requests.Response`, which Kyma's `publishCloudEvent` returns."""

    status_code: int
    reason: str
    headers: dict[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    @property
    def text(self) -> str:
        return self.content.decode('utf-8', 'replace')

    def json(self) -> object:
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        """Raise OSError where the publisher refused the event."""
        if not self.ok:
            raise OSError(f'the publisher answered {self.status_code} {self.reason}: {self.text[:200]}')


def publish(address: str | None, headers: Mapping[str, str], body: bytes, timeout: float) -> Published:
    """Post `body`; raises RuntimeError without an address, OSError where the publisher cannot be reached.

    An answer that is an error is logged and returned, not raised: handlers written for Kyma do not expect one.
    """
    if address is None:
        raise RuntimeError('PUBLISHER_PROXY_ADDRESS is not set: there is nowhere to post the CloudEvent to')
    # Imported here: it takes 30 ms, and few Functions publish.
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    request = Request(address, data=body, headers=dict(headers), method='POST')
    try:
        answer = urlopen(request, timeout=timeout)
    except HTTPError as error:
        answer = error
    with answer:
        published = Published(answer.status or 0, answer.reason or '', dict(answer.headers.items()), answer.read())
    if not published.ok:
        note('warn', f'the publisher answered a CloudEvent with {published.status_code} {published.reason}')
    return published
