"""The API `event`: `main(event, context)`, whose result is the answer."""

from __future__ import annotations

from .answer import Answer, Environ
from .awaiting import Awaiting
from .body import read_body
from .calls import Call
from .event import Event
from .load import Handler, load_handler
from .result import answer_of, is_bottle_response
from .settings import Settings
from .type_names import Any


def load_event_api(settings: Settings) -> EventApi:
    """Raises CannotStart."""
    return EventApi(load_handler(settings), settings)


class EventApi:
    def __init__(self, handler: Handler, settings: Settings) -> None:
        self._handler = handler
        self._settings = settings
        self._context = settings.context()
        self._awaiting = Awaiting()

    def receive(self, environ: Environ) -> Event:
        return Event(environ, read_body(environ, self._settings.body_limit), self._settings)

    def call(self, received: Event, call: Call) -> Answer:
        try:
            result: Any = self._handler(received, dict(self._context))
        except Exception as error:
            # `raise bottle.HTTPResponse(...)` and `bottle.abort()` are answers.
            if not is_bottle_response(error):
                raise
            result = error
        return answer_of(self._awaiting.settled(result, call))
