import { describe, expect, it } from 'vitest';
import { RequestHead } from '../../../../src/pod/nodejs/server/health/request.ts';

const take = (...pieces: string[]): unknown => {
  const head = new RequestHead();
  return pieces.map((piece) => head.take(Buffer.from(piece, 'latin1'))).find((line) => line !== undefined);
};

describe('the head of a request to the health port', () => {
  it.each([
    ['GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', { method: 'GET', path: '/healthz' }],
    ['HEAD /healthz?verbose HTTP/1.0\r\n\r\n', { method: 'HEAD', path: '/healthz' }],
    ['POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}', { method: 'POST', path: '/' }],
    ['GET /healthz HTTP/1.1\r\nHost: x\r\n', undefined],
    ['GET /healthz\r\n\r\n', 'bad'],
    ['GET /a b HTTP/1.1\r\n\r\n', 'bad'],
    ['GET /healthz HTTP/2.0\r\n\r\n', 'bad'],
    ['\x16\x03\x01\x00\r\n\r\n', 'bad'],
    ['\r\n\r\n', 'bad'],
  ])('%j is read as it is', (text, expected) => {
    expect(take(text)).toEqual(expected);
    expect(take(...text)).toEqual(expected);
  });

  it('has 8 KB at most, in one piece or many', () => {
    const long = `GET /healthz HTTP/1.1\r\nA: ${'a'.repeat(9000)}`;
    expect(take(long)).toBe('bad');
    expect(take(`${long}\r\n\r\n`)).toBe('bad');
    expect(take(...long)).toBe('bad');
  });
});
