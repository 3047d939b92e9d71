import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let echo: PythonFunction;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  echo = await runtime.start({
    'handler.py': `
def main(event, context):
    request = event['extensions']['request']
    data = event['data']
    return {'path': request.environ['PATH_INFO'], 'query': request.query_string, 'host': request.get_header('host'),
            'data': data.decode() if data else None}
`,
  });
});
afterAll(() => runtime.close());

/** What comes back for bytes as they are, up to the end of the connection. */
function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(echo.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(bytes, 'latin1');
  });
}
const post = (head: string, body: string): Promise<string> =>
  answerTo(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}\r\n\r\n${body}`);
const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? answer;
const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('a request whose length two servers could read in two ways is refused', () => {
  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3', 'abc'],
    ['the same length twice', 'Content-Length: 2\r\nContent-Length: 2', 'ab'],
    ['a list of lengths', 'Content-Length: 2, 2', 'ab'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 2', '0\r\n\r\n'],
    ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 2', 'ab'],
    ['a length with an underscore', 'Content-Length: 1_0', '0123456789'],
    ['a length with a sign', 'Content-Length: +2', 'ab'],
    ['a length below zero', 'Content-Length: -1', ''],
    ['no length', 'Content-Length:', ''],
    ['a length in hexadecimal', 'Content-Length: 0x2', 'ab'],
    ['a length of other digits', 'Content-Length: \u00b2', 'ab'],
    ['an underscore for the hyphen', 'Content_Length: 2', 'ab'],
    ['a folded line', 'X-A: b\r\n c\r\nContent-Length: 2', 'ab'],
    ['a folded length', 'Content-Length: 1\r\n 0', '0123456789'],
    ['a line without a colon', 'X-A\r\nContent-Length: 2', 'ab'],
    ['a line without a name', ': b\r\nContent-Length: 2', 'ab'],
    ['a name with a space', 'X A: b\r\nContent-Length: 2', 'ab'],
    ['a line that ends with LF', 'X-A: b\nContent-Length: 2', 'ab'],
    ['a NUL in a value', 'X-A: b\0c\r\nContent-Length: 2', 'ab'],
    ['a CR in a value', 'X-A: b\rc\r\nContent-Length: 2', 'ab'],
    ['two hosts', 'Host: b\r\nContent-Length: 2', 'ab'],
    ['a chunk of hexadecimal with 0x', 'Transfer-Encoding: chunked', '0x2\r\nab\r\n0\r\n\r\n'],
    ['a chunk with an underscore', 'Transfer-Encoding: chunked', '1_0\r\n0123456789abcdef\r\n0\r\n\r\n'],
    ['a chunk with a sign', 'Transfer-Encoding: chunked', '+2\r\nab\r\n0\r\n\r\n'],
    ['a chunk below zero', 'Transfer-Encoding: chunked', '-1\r\nab\r\n0\r\n\r\n'],
    ['a chunk that is longer than its size', 'Transfer-Encoding: chunked', '2\r\nabc\r\n0\r\n\r\n'],
    ['a size that ends with LF', 'Transfer-Encoding: chunked', '2\nab\r\n0\r\n\r\n'],
    ['a size without an end', 'Transfer-Encoding: chunked', '0'.repeat(5000)],
    ['a trailer line that ends with LF', 'Transfer-Encoding: chunked', '2\r\nab\r\n0\r\nX: y\n\r\n'],
  ])('with 400: %s', async (_, head, body) => {
    expect(statusOf(await post(head, body))).toBe('400');
  });

  it('with 400: chunks in HTTP/1.0', async () => {
    expect(statusOf(await answerTo('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'))).toBe('400');
  });

  it.each([
    ['a length with spaces around it', 'Content-Length: \t2 ', 'ab'],
    ['a length with zeros before it', 'content-length: 002', 'ab'],
    [
      'chunks with extensions and a trailer',
      'Transfer-Encoding: chunked',
      '1;a=b\r\na\r\n01 ;c\r\nb\r\n0\r\nX: y\r\n\r\n',
    ],
    ['a value beyond ASCII', 'X-A: \u00fc\r\nContent-Length: 2', 'ab'],
  ])('but not one that is clear: %s', async (_, head, body) => {
    expect(bodyOf(await post(head, body))).toMatchObject({ data: 'ab' });
  });
});

describe('a target in another form than /PATH reaches the handler', () => {
  it.each([
    ['//x', { path: '//x', query: '', host: 'a' }],
    ['///x//y?q=//z', { path: '///x//y', query: 'q=//z', host: 'a' }],
    ['//', { path: '//', query: '', host: 'a' }],
    ['//[x', { path: '//[x', query: '', host: 'a' }],
    ['http://other.example:81/x?q', { path: '/x', query: 'q', host: 'other.example:81' }],
    ['HTTP://other.example', { path: '/', query: '', host: 'other.example' }],
    ['http://other.example?q', { path: '/', query: 'q', host: 'other.example' }],
    ['http://other.example//x', { path: '//x', query: '', host: 'other.example' }],
  ])('%s', async (target, expected) => {
    const answer = await answerTo(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(bodyOf(answer)).toEqual({ ...expected, data: null });
    expect(answer).toMatch(/^Access-Control-Allow-Origin: \*\r$/im);
  });

  it('and is counted', async () => {
    const counted = /function_calls_total\{method="GET"\} (\d+)/;
    const before = counted.exec(await (await fetch(`http://127.0.0.1:${echo.port}/metrics`)).text())?.[1];
    await answerTo('GET //x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const after = counted.exec(await (await fetch(`http://127.0.0.1:${echo.port}/metrics`)).text())?.[1];
    expect(Number(after)).toBe(Number(before) + 1);
  });
});
