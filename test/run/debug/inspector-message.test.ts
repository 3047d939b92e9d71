import { describe, expect, it } from 'vitest';
import { AuthoredPaths } from '../../../src/run/authored-paths.ts';
import { breakpointInCopy, parseMessage, withAuthoredFiles } from '../../../src/run/debug/inspector-message.ts';

const paths = new AuthoredPaths(
  '/tmp/run/function',
  new Map([
    ['handler.js', { file: '/home/me/my shop/handler.js' }],
    ['lib/a.js', { file: '/home/me/my shop/lib/a.js' }],
    ['typed.ts', { file: '/home/me/my shop/typed.ts' }],
  ]),
);
const COPY = 'file:///tmp/run/function';
const OWN = 'file:///home/me/my%20shop';

describe('a breakpoint of a debugger', () => {
  it.each([
    [`${OWN}/handler.js`, `${COPY}/handler.js`],
    [`${OWN}/other.js`, `${OWN}/other.js`],
    ['node:fs', 'node:fs'],
    ['file://host/x', 'file://host/x'],
    ['file:', 'file:'],
  ])('by the URL %s is one by %s', (url, expected) => {
    expect(breakpointInCopy({ url, lineNumber: 3 }, paths)).toEqual({ url: expected, lineNumber: 3 });
  });

  it.each([
    [String.raw`file:\/\/\/home\/me\/my%20shop\/[hH]andler\.js($|\?)`, [`${COPY}/handler.js`]],
    ['shop/', [`${COPY}/handler.js`, `${COPY}/lib/a.js`, `${COPY}/typed.ts`]],
    ['node_modules', []],
    ['(', []],
  ])('by the pattern %s is one in %j', (urlRegex, copies) => {
    const { urlRegex: rewritten } = breakpointInCopy({ urlRegex }, paths);
    const all = [`${COPY}/handler.js`, `${COPY}/lib/a.js`, `${COPY}/typed.ts`, `${COPY}/handler.js.map`];
    if (urlRegex === '(') expect(rewritten).toBe('(?:()');
    else expect(all.filter((url) => new RegExp(String(rewritten)).test(url))).toEqual(copies);
  });

  it('by a pattern still is one in other scripts', () => {
    const { urlRegex } = breakpointInCopy({ urlRegex: 'ms/index' }, paths);
    expect('file:///x/node_modules/ms/index.js').toMatch(new RegExp(String(urlRegex)));
  });
});

describe('what the program tells a debugger', () => {
  it('has the URLs of the author, at every depth', () => {
    const told = {
      method: 'Debugger.paused',
      params: {
        callFrames: [{ url: `${COPY}/lib/a.js` }, { url: 'file:///tmp/run/function/node_modules/ms/index.js' }],
        asyncStackTrace: { parent: { callFrames: [{ url: `${COPY}/handler.js` }] } },
      },
    };
    expect(withAuthoredFiles(told, paths).params).toEqual({
      callFrames: [{ url: `${OWN}/lib/a.js` }, { url: 'file:///tmp/run/function/node_modules/ms/index.js' }],
      asyncStackTrace: { parent: { callFrames: [{ url: `${OWN}/handler.js` }] } },
    });
  });

  it('keeps values as they are, and rewrites the traces of errors', () => {
    const result = {
      result: { value: { url: `${COPY}/handler.js` }, description: '/tmp/run/function/handler.js' },
      exception: { subtype: 'error', description: 'Error: no\n at main (/tmp/run/function/handler.js:1:2)' },
    };
    expect(withAuthoredFiles({ id: 1, result }, paths).result).toEqual({
      ...result,
      exception: { subtype: 'error', description: 'Error: no\n at main (/home/me/my shop/handler.js:1:2)' },
    });
  });

  it.each([
    ['handler.js', 'abc'],
    // VS Code compares it with the file, whose types Node.js has not seen.
    ['typed.ts', ''],
  ])('names the content of %s by the hash %j', (name, hash) => {
    const told = { method: 'Debugger.scriptParsed', params: { url: `${COPY}/${name}`, hash: 'abc' } };
    expect(withAuthoredFiles(told, paths).params).toEqual({ url: `${OWN}/${name}`, hash });
  });
});

it.each(['', '{', '[]', '1', 'null'])('a message that is %j is left out', (text) => {
  expect(parseMessage(text)).toBeUndefined();
});
