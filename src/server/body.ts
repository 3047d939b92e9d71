import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body once, into one Buffer. A client that goes away before the end is never heard of again: there is
 * nobody to answer.
 *
 * @param limit in bytes
 * @param done called once; what a body that is too large still sends is thrown away as it comes
 */
export function readBody(request: IncomingMessage, limit: number, done: (body: Buffer | 'too-large') => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let tooLarge = Number(request.headers['content-length'] ?? 0) > limit;
  request.on('data', (chunk: Buffer) => {
    if (tooLarge) return;
    length += chunk.length;
    if (length > limit) {
      tooLarge = true;
      chunks.length = 0;
      done('too-large');
    } else {
      chunks.push(chunk);
    }
  });
  request.once('end', () => {
    if (tooLarge) return;
    // Most reviews arrive in one piece, which needs no copy.
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length));
  });
  if (tooLarge) done('too-large');
}
