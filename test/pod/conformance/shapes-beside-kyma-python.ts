/**
 * What a handler of Python can give back, beside what Kyma's own server answers: its `python312` of August 2026
 * (kyma-project/serverless 779485d) was run with these very expressions.
 */
export interface PythonShape {
  readonly name: string;
  /** What the handler returns, or raises. */
  readonly expression: string;
  /** Status, media type and body on Kyma. */
  readonly kyma: string;
  readonly expect: { readonly status: number; readonly type: string | null; readonly body: string };
  /** Why the answer differs from Kyma's on purpose. */
  readonly because?: string;
}

const JOINED = 'Kyma joins the keys or items, which nobody can read';
const REFUSED = 'a value that is JSON is an answer, as in Node.js';
const LOST = "Kyma's answer is empty: the value is lost";
const DOCUMENTED =
  'it is documented in Kyma, whose server fails; what cannot be sent is a 500 with a reason in the log';
const INVALID = 'an answer is valid JSON and valid UTF-8';
const BINARY = 'bytes are no HTML';
const PAGE = 'a short text, not a page of HTML';
const HANGS = 'Kyma loses the thread and waits for the timeout';

/** In front of the handler. */
export const PRELUDE = `import asyncio, collections, contextlib, dataclasses, datetime, decimal, enum, io, json, sys, types, urllib.request
import bottle
from bottle import HTTPError, HTTPResponse, abort
Point = collections.namedtuple('Point', 'x y')
class Table:
    def __len__(self): return 2
    def __iter__(self): return iter(['a', 'b'])
@dataclasses.dataclass
class Row:
    a: int
class Text(str): pass
def raises(error): raise error
def failing():
    yield 'a'
    raise ValueError('late')
`;

const failed = { status: 500, type: 'text/plain; charset=utf-8', body: 'Internal server error' };

export const pythonShapes: readonly PythonShape[] = [
  {
    name: 'a str',
    expression: `'x'`,
    kyma: '200 text/html "x"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'x' },
  },
  {
    name: 'an empty str',
    expression: `''`,
    kyma: '200 - ""',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: '' },
  },
  {
    name: 'a subclass of str',
    expression: `Text('x')`,
    kyma: '200 text/html "x"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'x' },
  },
  {
    name: 'a dict',
    expression: `{'a': 1}`,
    kyma: '200 application/json "{"a": 1}"',
    expect: { status: 200, type: 'application/json', body: '{"a":1}' },
  },
  {
    name: 'an empty dict',
    expression: '{}',
    kyma: '200 application/json "{}"',
    expect: { status: 200, type: 'application/json', body: '{}' },
  },
  {
    name: 'a dict with keys that are no strings',
    expression: `{2: 'a', None: 'b', True: 'c'}`,
    kyma: '200 application/json "{"2": "a", "null": "b", "true": "c"}"',
    expect: { status: 200, type: 'application/json', body: '{"2":"a","null":"b","true":"c"}' },
  },
  {
    name: 'a dict with a tuple for a key',
    expression: '{(1, 2): 3}',
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'a dict with a date',
    expression: `{'at': datetime.date(2026, 1, 2)}`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'an OrderedDict',
    expression: 'collections.OrderedDict(a=1)',
    kyma: '200 application/json "{"a": 1}"',
    expect: { status: 200, type: 'application/json', body: '{"a":1}' },
  },
  {
    name: 'a defaultdict',
    expression: 'collections.defaultdict(int, a=1)',
    kyma: '200 application/json "{"a": 1}"',
    expect: { status: 200, type: 'application/json', body: '{"a":1}' },
  },
  {
    name: 'a Counter',
    expression: `collections.Counter('aab')`,
    kyma: '200 application/json "{"a": 2, "b": 1}"',
    expect: { status: 200, type: 'application/json', body: '{"a":2,"b":1}' },
  },
  {
    name: 'a MappingProxyType',
    expression: `types.MappingProxyType({'a': 1, 'b': 2})`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '{"a":1,"b":2}' },
    because: JOINED,
  },
  {
    name: 'a UserDict',
    expression: 'collections.UserDict(a=1, b=2)',
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '{"a":1,"b":2}' },
    because: JOINED,
  },
  {
    name: 'a ChainMap',
    expression: `collections.ChainMap({'a': 1}, {'b': 2})`,
    kyma: '200 text/html "ba"',
    expect: { status: 200, type: 'application/json', body: '{"b":2,"a":1}' },
    because: JOINED,
  },
  {
    name: 'a UserDict inside a dict',
    expression: `{'a': collections.UserDict(b=1)}`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '{"a":{"b":1}}' },
    because: REFUSED,
  },
  {
    name: 'a set',
    expression: `{'a'}`,
    kyma: '200 text/html "a"',
    expect: { status: 200, type: 'application/json', body: '["a"]' },
    because: JOINED,
  },
  {
    name: 'a frozenset of numbers',
    expression: 'frozenset([1])',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '[1]' },
    because: REFUSED,
  },
  {
    name: 'a set inside a dict',
    expression: `{'a': {1}}`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '{"a":[1]}' },
    because: REFUSED,
  },
  {
    name: 'a deque',
    expression: `collections.deque(['a', 'b'])`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '["a","b"]' },
    because: JOINED,
  },
  {
    name: 'a range',
    expression: 'range(3)',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '[0,1,2]' },
    because: REFUSED,
  },
  {
    name: 'the keys of a dict',
    expression: `{'a': 1, 'b': 2}.keys()`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '["a","b"]' },
    because: JOINED,
  },
  {
    name: 'a UserList',
    expression: 'collections.UserList([1])',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '[1]' },
    because: REFUSED,
  },
  {
    name: 'a list of str',
    expression: `['a', 'b']`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '["a","b"]' },
    because: JOINED,
  },
  {
    name: 'a list of dicts',
    expression: `[{'a': 1}]`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '[{"a":1}]' },
    because: REFUSED,
  },
  {
    name: 'an empty list',
    expression: '[]',
    kyma: '200 - ""',
    expect: { status: 200, type: 'application/json', body: '[]' },
    because: REFUSED,
  },
  {
    name: 'a named tuple',
    expression: 'Point(1, 2)',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '[1,2]' },
    because: REFUSED,
  },
  {
    name: 'a named tuple whose second field looks like a status',
    expression: `Point('bob', 404)`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: { status: 200, type: 'application/json', body: '["bob",404]' },
    because: REFUSED,
  },
  {
    name: 'a tuple of str',
    expression: `('a', 'b')`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'application/json', body: '["a","b"]' },
    because: JOINED,
  },
  {
    name: 'a body and a status',
    expression: `('x', 404)`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: { status: 404, type: 'text/html; charset=UTF-8', body: 'x' },
    because: DOCUMENTED,
  },
  {
    name: 'a body and a status as a str',
    expression: `('x', '201')`,
    kyma: '200 text/html "x201"',
    expect: { status: 201, type: 'text/html; charset=UTF-8', body: 'x' },
    because: DOCUMENTED,
  },
  {
    name: 'a body and a status of an enum',
    expression: `('x', __import__('http').HTTPStatus.GONE)`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: { status: 410, type: 'text/html; charset=UTF-8', body: 'x' },
    because: DOCUMENTED,
  },
  {
    name: 'a body, a status and headers',
    expression: `({'a': 1}, 201, {'content-type': 'application/hal+json'})`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 201, type: 'application/hal+json', body: '{"a":1}' },
    because: DOCUMENTED,
  },
  {
    name: 'a body and a status that only begins an answer',
    expression: `('x', 100)`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: failed,
    because: DOCUMENTED,
  },
  {
    name: 'a header with a space in its name',
    expression: `('x', 200, {'X A': 'b'})`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: failed,
    because: DOCUMENTED,
  },
  {
    name: 'a header with a line break in its name',
    expression: `('x', 200, {'X-A\\r\\nX-B': 'b'})`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: failed,
    because: DOCUMENTED,
  },
  {
    name: 'a header without a name',
    expression: `('x', 200, {'': 'b'})`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: failed,
    because: DOCUMENTED,
  },
  {
    name: 'a header with a NUL',
    expression: `('x', 200, {'X-A': 'b\\0c'})`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: failed,
    because: DOCUMENTED,
  },
  { name: 'None', expression: 'None', kyma: '200 - ""', expect: { status: 200, type: null, body: '' } },
  {
    name: 'an int',
    expression: '5',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '5' },
    because: REFUSED,
  },
  {
    name: 'zero',
    expression: '0',
    kyma: '200 - ""',
    expect: { status: 200, type: 'application/json', body: '0' },
    because: LOST,
  },
  {
    name: 'False',
    expression: 'False',
    kyma: '200 - ""',
    expect: { status: 200, type: 'application/json', body: 'false' },
    because: LOST,
  },
  {
    name: 'True',
    expression: 'True',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: 'true' },
    because: REFUSED,
  },
  {
    name: 'a float',
    expression: '1.5',
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: '1.5' },
    because: REFUSED,
  },
  {
    name: 'NaN',
    expression: `float('nan')`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/json', body: 'null' },
    because: REFUSED,
  },
  {
    name: 'NaN and Infinity inside a dict',
    expression: `{'a': float('nan'), 'b': [float('inf'), -float('inf')], 'c': 1.5}`,
    kyma: '200 application/json "{"a": NaN, "b": [Infinity, -Infinity], "c": 1.5}"',
    expect: { status: 200, type: 'application/json', body: '{"a":null,"b":[null,null],"c":1.5}' },
    because: INVALID,
  },
  {
    name: 'NaN for a key',
    expression: `{float('nan'): 1}`,
    kyma: '200 application/json "{"NaN": 1}"',
    expect: { status: 200, type: 'application/json', body: '{"NaN":1}' },
  },
  {
    name: 'half a surrogate pair inside a dict',
    expression: `{'a': '\\ud800ü'}`,
    kyma: '200 application/json "{"a": "\\\\ud800\\\\u00fc"}"',
    expect: { status: 200, type: 'application/json', body: '{"a":"\\ud800\\u00fc"}' },
    because: INVALID,
  },
  {
    name: 'half a surrogate pair in a str',
    expression: `'a\\ud800b'`,
    kyma: '500 text/html "<h1>Critical error..."',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'a\ufffdb' },
    because: INVALID,
  },
  {
    name: 'a Decimal',
    expression: `decimal.Decimal('1.5')`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'a datetime',
    expression: 'datetime.datetime(2026, 1, 2)',
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'bytes',
    expression: `b'x'`,
    kyma: '200 text/html "x"',
    expect: { status: 200, type: 'application/octet-stream', body: 'x' },
    because: BINARY,
  },
  {
    name: 'a bytearray',
    expression: `bytearray(b'x')`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/octet-stream', body: 'x' },
    because: REFUSED,
  },
  {
    name: 'a memoryview',
    expression: `memoryview(b'x')`,
    kyma: '500 text/html "Internal server error"',
    expect: { status: 200, type: 'application/octet-stream', body: 'x' },
    because: REFUSED,
  },
  {
    name: 'a generator of str',
    expression: `(c for c in 'ab')`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'ab' },
  },
  {
    name: 'a generator of bytes',
    expression: `(c for c in [b'a', b'b'])`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'ab' },
  },
  {
    name: 'a generator of nothing',
    expression: `(c for c in '')`,
    kyma: '200 - ""',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: '' },
  },
  {
    name: 'a generator of dicts',
    expression: `(c for c in [{'a': 1}])`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'an iterator of str',
    expression: `iter(['a', 'b'])`,
    kyma: '200 text/html "ab"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'ab' },
  },
  {
    name: 'a map of str',
    expression: 'map(str, [1, 2])',
    kyma: '200 text/html "12"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: '12' },
  },
  {
    name: 'a file',
    expression: `io.BytesIO(b'file')`,
    kyma: '200 text/html "file"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'file' },
  },
  {
    name: 'a text file',
    expression: `io.StringIO('file')`,
    kyma: '200 text/html "(cut)"',
    expect: { status: 200, type: 'text/html; charset=UTF-8', body: 'file' },
    because: REFUSED,
  },
  {
    name: 'the answer of urlopen',
    expression: `urllib.request.urlopen('data:image/png,png')`,
    kyma: '200 image/png "png"',
    expect: { status: 200, type: 'image/png', body: 'png' },
  },
  {
    name: 'what has a length and gives its columns, as a DataFrame',
    expression: 'Table()',
    kyma: '200 text/html "ab"',
    expect: failed,
    because: JOINED,
  },
  { name: 'a dataclass', expression: 'Row(1)', kyma: '500 text/html "Internal server error"', expect: failed },
  { name: 'an object', expression: 'object()', kyma: '500 text/html "Internal server error"', expect: failed },
  { name: 'a function', expression: 'len', kyma: '500 text/html "Internal server error"', expect: failed },
  { name: 'a class', expression: 'dict', kyma: '500 text/html "Internal server error"', expect: failed },
  { name: 'a module', expression: 'json', kyma: '500 text/html "Internal server error"', expect: failed },
  {
    name: 'an HTTPResponse',
    expression: `HTTPResponse('x', status=201)`,
    kyma: '201 text/html "x"',
    expect: { status: 201, type: 'text/html; charset=UTF-8', body: 'x' },
  },
  {
    name: 'an HTTPResponse with a dict',
    expression: `HTTPResponse({'a': 1}, status=201)`,
    kyma: '201 application/json "{"a": 1}"',
    expect: { status: 201, type: 'application/json', body: '{"a":1}' },
  },
  {
    name: 'an HTTPResponse with a header',
    expression: `HTTPResponse('x', 202, {'Content-Type': 'text/csv'})`,
    kyma: '202 text/csv "x"',
    expect: { status: 202, type: 'text/csv', body: 'x' },
  },
  {
    name: 'an HTTPResponse with 100',
    expression: `HTTPResponse('x', status=100)`,
    kyma: 'no answer',
    expect: failed,
    because: DOCUMENTED,
  },
  {
    name: 'an HTTPResponse without a body',
    expression: 'HTTPResponse(status=204)',
    kyma: '204 - ""',
    expect: { status: 204, type: null, body: '' },
  },
  {
    name: 'an HTTPError',
    expression: `HTTPError(404, 'gone')`,
    kyma: '404 text/html a page',
    expect: { status: 404, type: 'text/plain; charset=utf-8', body: 'gone' },
    because: PAGE,
  },
  {
    name: 'abort()',
    expression: `abort(403, 'no')`,
    kyma: '403 text/html a page',
    expect: { status: 403, type: 'text/plain; charset=utf-8', body: 'no' },
    because: PAGE,
  },
  {
    name: 'an HTTPResponse that is raised',
    expression: `raises(HTTPResponse('x', 409))`,
    kyma: '409 text/html "x"',
    expect: { status: 409, type: 'text/html; charset=UTF-8', body: 'x' },
  },
  {
    name: 'an exception',
    expression: `raises(ValueError('x'))`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'an exception returned',
    expression: `ValueError('x')`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  { name: 'a KeyError', expression: `{}['x']`, kyma: '500 text/html "Internal server error"', expect: failed },
  { name: 'sys.exit()', expression: 'sys.exit(3)', kyma: '408 text/html a page', expect: failed, because: HANGS },
  {
    name: 'a generator that fails at once',
    expression: `(1 / 0 for _ in 'a')`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'a KeyboardInterrupt',
    expression: 'raises(KeyboardInterrupt())',
    kyma: '408 text/html a page',
    expect: failed,
    because: HANGS,
  },
  {
    name: 'a recursion without end',
    expression: '(lambda f: f(f))(lambda f: f(f))',
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
  {
    name: 'a str of a circular list',
    expression: `(lambda a: a.append(a) or {'a': a})([])`,
    kyma: '500 text/html "Internal server error"',
    expect: failed,
  },
];
