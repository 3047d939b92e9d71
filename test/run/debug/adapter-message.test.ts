import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AuthoredPaths } from '../../../src/run/authored-paths.ts';
import { forEditor, forProgram, readMessages, type AdapterMessage } from '../../../src/run/debug/adapter-message.ts';

const paths = new AuthoredPaths('/tmp/run/function', new Map([['handler.py', { file: '/home/me/shop/handler.py' }]]));

/** @returns what is read of chunks, and whether the connection was closed */
function read(chunks: readonly Buffer[]): { readonly messages: readonly AdapterMessage[]; readonly closed: boolean } {
  const socket = new Socket();
  const messages: AdapterMessage[] = [];
  readMessages(socket, (message) => messages.push(message));
  for (const chunk of chunks) if (!socket.destroyed) socket.emit('data', chunk);
  const closed = socket.destroyed;
  socket.destroy();
  return { messages, closed };
}

const framed = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const event = (name: string): AdapterMessage => ({ seq: 1, type: 'event', event: name });

describe('messages of the Debug Adapter Protocol', () => {
  it('are read in whatever pieces they come', () => {
    const sent = [event('one'), event('zwei \u{1F600}')];
    const bytes = Buffer.from(sent.map((each) => framed(JSON.stringify(each))).join(''));
    expect(read([bytes]).messages).toEqual(sent);
    expect(read([...bytes].map((byte) => Buffer.from([byte]))).messages).toEqual(sent);
  });

  it.each([
    ['a header without a length', 'X: 1\r\n\r\n{}'],
    ['a length over the limit', 'Content-Length: 999999999\r\n\r\n'],
    ['a length with more digits than any', `Content-Length: ${'9'.repeat(40)}\r\n\r\n`],
    ['a header without an end', 'GET / HTTP/1.1\r\n'.repeat(100)],
  ])('end the connection by %s', (_, text) => {
    expect(read([Buffer.from(text)])).toEqual({ messages: [], closed: true });
  });

  it.each(['{', '[]', '{"seq":"1","type":"event"}', '{"seq":1,"type":"other"}'])('leave out a body %j', (body) => {
    expect(read([Buffer.from(framed(body) + framed(JSON.stringify(event('next'))))])).toEqual({
      messages: [event('next')],
      closed: false,
    });
  });
});

describe('files in messages', () => {
  it('are the copies for the program', () => {
    const asked: AdapterMessage = {
      seq: 1,
      type: 'request',
      command: 'setBreakpoints',
      arguments: { source: { path: '/home/me/shop/handler.py' }, breakpoints: [{ line: 3 }] },
    };
    expect(forProgram(asked, paths).arguments).toEqual({
      source: { path: '/tmp/run/function/handler.py' },
      breakpoints: [{ line: 3 }],
    });
  });

  it("are the author's for the editor, in sources, traces and output", () => {
    const told: AdapterMessage = {
      seq: 1,
      type: 'response',
      body: {
        stackFrames: [{ source: { path: '/tmp/run/function/handler.py' } }, { source: { path: '/usr/lib/x.py' } }],
        details: { stackTrace: '  File "/tmp/run/function/handler.py", line 3' },
        result: '/tmp/run/function/handler.py',
      },
    };
    expect(forEditor(told, paths).body).toEqual({
      stackFrames: [{ source: { path: '/home/me/shop/handler.py' } }, { source: { path: '/usr/lib/x.py' } }],
      details: { stackTrace: '  File "/home/me/shop/handler.py", line 3' },
      result: '/tmp/run/function/handler.py',
    });
  });
});
