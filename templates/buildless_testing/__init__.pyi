from collections.abc import Mapping, MutableMapping
from typing import Any, TypedDict

class Event(MutableMapping[str, Any]):
    """The first argument of a handler: `event['data']`, `event['extensions']['request']`, and the `ce-*` keys of a CloudEvent."""

    emitted: list[dict[str, Any]]
    """In tests: the CloudEvents that the handler has emitted."""
    @property
    def req(self) -> Any: ...
    @property
    def tracer(self) -> Any: ...
    def emitCloudEvent(
        self,
        type: str,
        source: str,
        data: object,
        optionalCloudEventAttributes: Mapping[str, Any] | None = None,
    ) -> Any: ...
    def __getitem__(self, key: str) -> Any: ...
    def __setitem__(self, key: str, value: Any) -> None: ...
    def __delitem__(self, key: str) -> None: ...
    def __iter__(self) -> Any: ...
    def __len__(self) -> int: ...

Context = TypedDict(
    'Context',
    {
        'function-name': str | None,
        'namespace': str | None,
        'timeout': float,
        'runtime': str | None,
        'memory-limit': str | None,
        'body-size-limit': int,
    },
)
"""The second argument of a handler."""

def event(
    data: object = None,
    *,
    method: str | None = None,
    path: str = '/',
    headers: Mapping[str, str] | None = None,
    cloud_event: Mapping[str, Any] | None = None,
) -> Event: ...
def context(
    *,
    function_name: str = 'test',
    namespace: str = 'default',
    timeout: float = 180.0,
    runtime: str | None = None,
    memory_limit: str | None = None,
    body_size_limit: int = 1048576,
) -> Context: ...
