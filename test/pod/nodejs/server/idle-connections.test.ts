import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { withFunction } from '../../conformance/harness.ts';

/** Keeps a weak reference to the event of its first call; later calls collect, and tell whether the event is gone. */
const REMEMBERS = `const v8 = require('node:v8');
v8.setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
let first;
module.exports = { ASYNC main(event, context, callback) {
  if (first === undefined) {
    first = new WeakRef(event);
    return 'remembered';
  }
  gc();
  return first.deref() === undefined ? 'gone' : 'kept';
} };`;

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

function post(agent: Agent, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ agent, host: '127.0.0.1', port, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => {
        resolve(text);
      });
    });
    asked.on('error', reject);
    asked.end('{"a":1}');
  });
}

/** A connection that stays open keeps nothing of what it brought. */
async function isForgotten(port: number): Promise<void> {
  const idle = new Agent({ keepAlive: true });
  const other = new Agent({ keepAlive: true });
  try {
    expect(await post(idle, port)).toBe('remembered');
    await expect.poll(() => post(other, port), { timeout: 5000 }).toBe('gone');
  } finally {
    idle.destroy();
    other.destroy();
  }
}

describe('a connection that waits for its next request', () => {
  it.each([
    ['returns', '', "return 'remembered'"],
    ['resolves', 'async', "return 'remembered'"],
    ['answers on the response', '', "event.extensions.response.send('remembered'); return"],
    ['answers on the response later', '', "setTimeout(() => event.extensions.response.end('remembered'), 10); return"],
    [
      'writes the answer itself',
      'async',
      "event.extensions.response.write('remem'); event.extensions.response.end('bered')",
    ],
    ['calls back', '', "callback('remembered'); return"],
  ])('does not keep the event of a main that %s', async (_name, keyword, answers) => {
    const files = REMEMBERS.replace('ASYNC', keyword).replace("return 'remembered'", answers);
    await withFunction({ language: 'nodejs', programs: built.programs, files }, ({ port }) => isForgotten(port));
  });

  it.each([
    ['answers at once', '', "res.send('remembered')"],
    ['answers later', '', "setTimeout(() => res.end('remembered'), 10)"],
    ['answers in pieces', 'async', "res.write('remem'); await null; res.end('bered')"],
  ])('does not keep the request of a main(req, res) that %s', async (_name, keyword, answers) => {
    const files = REMEMBERS.replaceAll('event', 'req')
      .replace('ASYNC', keyword)
      .replace('context, callback', 'res')
      .replace("return 'remembered'", `${answers}; return`)
      .replace(/return (first\.deref.*);/, 'res.send($1);');
    const env = { BUILDLESS_API: 'http' };
    await withFunction({ language: 'nodejs', programs: built.programs, files, env }, ({ port }) => isForgotten(port));
  });
});
