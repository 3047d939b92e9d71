"""A bare server: what is the least that answers the same requests with Cheroot, with as many threads as a Function has."""

import json
import os
import sys
from types import ModuleType

sys.path.insert(0, os.environ['VENDOR'])
# As the Function's server does (buildless_server/packages.py), so that both start from the same packages.
functools = ModuleType('jaraco.functools')
functools.pass_none = lambda function: lambda value: None if value is None else function(value)
sys.modules.update({'jaraco': ModuleType('jaraco'), 'jaraco.functools': functools})

from cheroot.wsgi import Server  # noqa: E402


def answer(environ, start_response):
    name = 'world'
    if environ['REQUEST_METHOD'] == 'POST':
        name = json.loads(environ['wsgi.input'].read(int(environ['CONTENT_LENGTH'])))['name']
    body = f'Hello, {name}!'.encode()
    start_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8'), ('Content-Length', str(len(body)))])
    return [body]


server = Server(('127.0.0.1', int(os.environ['FUNC_PORT'])), answer, numthreads=50)
server.keep_alive_conn_limit = None
server.start()
