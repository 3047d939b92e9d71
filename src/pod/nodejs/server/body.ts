/** Reads a request's body, within the limit. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { readForm } from './express-view.ts';
import { isForm, type ContentType } from './content.ts';
import { Refusal } from './refusal.ts';

/**
 * Bytes of a refused body that are read all the same: a client that is still sending when the connection is closed sees
 * a reset and never the answer.
 */
const DISCARDED = 16 * 1024 * 1024;

/** The client went away in the middle of its request. */
export const GONE = Symbol('gone');

const DECODERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** RFC 9112, 6.3: a request has a body where one of these headers says so. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** The parsed fields of a form, the decompressed bytes of everything else; undefined for an empty body. */
export async function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  content: ContentType,
  limit: number,
): Promise<{ readonly form: unknown } | { readonly bytes: Buffer } | undefined | Refusal | typeof GONE> {
  if (Number(req.headers['content-length'] ?? 0) > limit) return tooLarge(req, limit);
  if (isForm(content.type)) return await form(req, res, limit);
  const bytes = await collect(req, limit);
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (bytes.length === 0) return undefined;
  const encoding = req.headers['content-encoding']?.trim().toLowerCase() ?? '';
  // No promise where nothing is awaited: each costs a microsecond and more on a Node.js that tracks them for the calls.
  if (encoding === '' || encoding === 'identity') return { bytes };
  const plain = await decompress(bytes, encoding, limit);
  return Buffer.isBuffer(plain) ? { bytes: plain } : plain;
}

function collect(req: IncomingMessage, limit: number): Promise<Buffer | Refusal | typeof GONE> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const take = (piece: Buffer): void => {
      size += piece.length;
      if (size <= limit) {
        pieces.push(piece);
        return;
      }
      req.off('data', take);
      resolve(tooLarge(req, limit));
    };
    req.on('data', take);
    req.on('end', () => {
      resolve(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size));
    });
    req.on('close', () => {
      resolve(GONE);
    });
    req.on('error', () => {
      resolve(GONE);
    });
  });
}

function tooLarge(req: IncomingMessage, limit: number): Refusal {
  let discarded = 0;
  req.on('data', (piece: Buffer) => {
    discarded += piece.length;
    if (discarded > DISCARDED) req.destroy();
  });
  req.on('error', () => undefined);
  return new Refusal(413, `Request body exceeds the limit of ${limit} bytes`);
}

/** The limit holds for what comes out, too. */
async function decompress(bytes: Buffer, encoding: string, limit: number): Promise<Buffer | Refusal> {
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) return new Refusal(415, `Unsupported Content-Encoding: ${encoding}`);
  try {
    return await decoder(bytes, { maxOutputLength: Math.max(limit, 1) });
  } catch (error) {
    const tooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (tooMuch) return new Refusal(413, `Request body exceeds the limit of ${limit} bytes`);
    return new Refusal(400, `The request body is not valid ${encoding}`);
  }
}

/** A form is read by the parser that Kyma has, with its rules for brackets and its limits. */
async function form(
  req: IncomingMessage,
  res: ServerResponse,
  limit: number,
): Promise<{ readonly form: unknown } | Refusal> {
  const outcome = await readForm(req, res, limit);
  if (!('failure' in outcome)) return outcome;
  const { type, message } = outcome.failure;
  const encoding = req.headers['content-encoding'] ?? '';
  if (type === 'entity.too.large') return new Refusal(413, `Request body exceeds the limit of ${limit} bytes`);
  if (type === 'encoding.unsupported') return new Refusal(415, `Unsupported Content-Encoding: ${encoding}`);
  if (type === 'charset.unsupported') {
    return new Refusal(415, `Unsupported charset: ${message.replace(/^.*"(.*)"$/, '$1').toLowerCase()}`);
  }
  return new Refusal(type === 'parameters.too.many' ? 413 : 400, `Malformed form in the request body: ${message}`);
}
