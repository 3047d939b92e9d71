import type { IncomingMessage } from 'node:http';

/** A body as it came, or why it was not taken; `head` is its first piece. */
export type Body =
  | { readonly whole: Buffer }
  | { readonly refused: 'too-large' }
  | { readonly refused: 'no-room'; readonly head: Buffer };

export interface BodyOptions {
  /** In bytes. */
  readonly limit: number;
  /** A larger body asks for room. */
  readonly largeBytes: number;
  /** Whether there is room for a large body of this length, which begins like this. */
  readonly hasRoom: (head: Buffer, bytes: number) => boolean;
}

/**
 * Reads a request's body once, into one Buffer. A client that goes away before the end is never heard of again: there is
 * nobody to answer.
 *
 * @param done called once; what a body that was refused still sends is thrown away as it comes
 */
export function readBody(
  request: IncomingMessage,
  { limit, largeBytes, hasRoom }: BodyOptions,
  done: (body: Body) => void,
): void {
  const chunks: Buffer[] = [];
  const announced = request.headers['content-length'];
  let length = 0;
  let refused = false;
  let asked = false;
  const refuse = (body: Body): void => {
    refused = true;
    chunks.length = 0;
    done(body);
  };
  request.on('data', (chunk: Buffer) => {
    if (refused) return;
    length += chunk.length;
    if (length > limit) {
      refuse({ refused: 'too-large' });
      return;
    }
    chunks.push(chunk);
    const expected = announced === undefined ? length : Number(announced);
    if (asked || expected <= largeBytes) return;
    asked = true;
    const [head = chunk] = chunks;
    // A body whose length is not announced may have any.
    if (!hasRoom(head, announced === undefined ? limit : expected)) refuse({ refused: 'no-room', head });
  });
  request.once('end', () => {
    if (refused) return;
    // Most reviews arrive in one piece, which needs no copy.
    const [first] = chunks;
    done({ whole: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length) });
  });
  if (Number(announced ?? 0) > limit) refuse({ refused: 'too-large' });
}
