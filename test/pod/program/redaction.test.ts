import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/pod/program/redaction.ts';
import { cut } from '../../../src/pod/program/termination.ts';

describe('a redactor', () => {
  it.each([
    ['a known secret', 'token is t0ps3cret!', 'token is ***'],
    ['the same in an address', 'GET /?t=t0ps3cret%21', 'GET /?t=***'],
    ['the same in base64', `sent ${Buffer.from('t0ps3cret!').toString('base64')}`, 'sent ***'],
    ['user and password of an address', 'from https://u:p@registry.example/x', 'from https://***@registry.example/x'],
    ['a token as the user of an address', 'from https://abc@registry.example/x', 'from https://***@registry.example/x'],
    ['a proxy with a password', 'socks5://u:p@proxy.example', 'socks5://***@proxy.example'],
    ['a line of .npmrc', '//registry.example/:_authToken=abc', '//registry.example/:_authToken=***'],
    ['a header', 'Authorization: Bearer abcdef.123', 'Authorization: Bearer ***'],
  ])('hides %s', (_name, text, redacted) => {
    expect(createRedactor(['t0ps3cret!'])(text)).toBe(redacted);
  });

  it('leaves ordinary text as it is, also where a secret is a short word', () => {
    const text = 'npm error 404 a@1.0.0 from ssh://git@git.example/x at file:///a/b';
    expect(createRedactor(['a', ''])(text)).toBe(text);
  });
});

describe('a termination message', () => {
  it('is cut between two characters', () => {
    const text = 'ä'.repeat(3000);
    const short = cut(text, 4096);
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(4096);
    expect(short).toMatch(/^ä+\.\.\.$/);
  });

  it('stays as it is where it fits', () => {
    expect(cut('ä'.repeat(2048), 4096)).toBe('ä'.repeat(2048));
  });
});
