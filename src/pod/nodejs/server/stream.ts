/** Answers that come in pieces: streams, generators, the bodies of Responses. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { OwnPromise } from './originals.ts';

/** A stream or generator of text and bytes. */
export type Pieces = AsyncIterable<unknown> | Iterable<unknown>;

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

/** The pieces of a result that comes in pieces; undefined for every other result. A list is not such a result, it is JSON. */
export function piecesOf(result: object): Pieces | undefined {
  // Its own iterator cannot be ended while it waits for a piece.
  if (result instanceof ReadableStream) return Readable.fromWeb(result);
  if (isAsyncIterable(result)) return result;
  if (isOldStream(result)) return new Readable().wrap(result);
  return isIterator(result) ? result : undefined;
}

/**
 * Sends pieces as they come, no faster than the client takes them. The first is awaited before the headers are sent, so
 * that what fails at once can still be answered with an error.
 *
 * @throws what the source throws, and for a piece that is neither text nor bytes
 */
export async function sendPieces(res: ServerResponse, pieces: Pieces): Promise<void> {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const release = (): void => {
    endPieces(pieces);
  };
  res.once('close', release);
  try {
    let next = await iterator.next();
    if (!res.headersSent && !res.hasHeader('content-type') && next.done !== true) {
      res.setHeader('Content-Type', typeof next.value === 'string' ? TEXT : BYTES);
    }
    if (res.req.method === 'HEAD') {
      await iterator.return?.();
      res.end();
      return;
    }
    while (next.done !== true) {
      const flows = res.write(asPiece(next.value));
      if (res.destroyed) break;
      if (!flows) await OwnPromise.race([once(res, 'drain'), once(res, 'close')]);
      next = await iterator.next();
    }
    if (res.destroyed) await iterator.return?.();
    else res.end();
  } catch (error) {
    // A source that was ended because the client left has not failed.
    if (!res.destroyed) throw error;
  } finally {
    res.off('close', release);
  }
}

function asPiece(piece: unknown): string | Uint8Array {
  if (typeof piece === 'string' || piece instanceof Uint8Array) return piece;
  if (ArrayBuffer.isView(piece)) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  throw new TypeError(
    `main streamed ${piece === null ? 'null' : `a piece of type ${typeof piece}`}; only text and bytes can be`,
  );
}

/** Ends a stream that nobody reads any more; a generator ends by itself, after its next piece. */
export function endPieces(pieces: Pieces): void {
  if (isDestroyable(pieces)) pieces.destroy();
}

const isDestroyable = (value: object): value is { destroy(): void } =>
  'destroy' in value && typeof value.destroy === 'function';

const isAsyncIterable = (value: object): value is AsyncIterable<unknown> =>
  Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';

/** A generator; what is only iterable, such as a Map, is not. */
const isIterator = (value: object): value is IterableIterator<unknown> =>
  Symbol.iterator in value &&
  typeof value[Symbol.iterator] === 'function' &&
  'next' in value &&
  typeof value.next === 'function';

const isOldStream = (value: object): value is NodeJS.ReadableStream =>
  'pipe' in value && typeof value.pipe === 'function' && 'on' in value && typeof value.on === 'function';
