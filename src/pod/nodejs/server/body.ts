/** Reads a request's body, within the limit. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { readForm, type FormFailure } from './express-view.ts';
import { isForm, type ContentType } from './content.ts';
import { Refusal } from './refusal.ts';

/**
 * Bytes of a refused body that are read all the same: a client that is still sending when the connection is closed sees
 * a reset and never the answer.
 */
const DISCARDED = 16 * 1024 * 1024;

/** The parsed fields of a form, the decompressed bytes of everything else; undefined for an empty body. */
export type Body = { readonly form: unknown } | { readonly bytes: Buffer } | undefined;

type Done = (body: Body | Refusal) => void;

const DECODERS = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress],
]);

/** RFC 9112, 6.3: a request has a body where one of these headers says so. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/**
 * Reads a body. By a callback: promises cost microseconds on a Node.js that tracks them for the calls.
 *
 * @param done is never called where the client goes away in the middle of its request
 */
export function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  content: ContentType,
  limit: number,
  done: Done,
): void {
  if (Number(req.headers['content-length'] ?? 0) > limit) done(tooLarge(req, limit));
  else if (isForm(content.type)) readFields(req, res, limit, done);
  else collect(req, limit, done);
}

function collect(req: IncomingMessage, limit: number, done: Done): void {
  const pieces: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size <= limit) {
      pieces.push(piece);
      return;
    }
    req.off('data', take);
    req.off('end', end);
    done(tooLarge(req, limit));
  };
  const end = (): void => {
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size);
    if (bytes.length === 0) done(undefined);
    else decompress(bytes, req.headers['content-encoding']?.trim().toLowerCase() ?? '', limit, done);
  };
  req.on('data', take);
  req.on('end', end);
}

function tooLarge(req: IncomingMessage, limit: number): Refusal {
  let discarded = 0;
  req.on('data', (piece: Buffer) => {
    discarded += piece.length;
    if (discarded > DISCARDED) req.destroy();
  });
  req.on('error', () => undefined);
  return exceeds(limit);
}

/** The limit holds for what comes out, too. */
function decompress(bytes: Buffer, encoding: string, limit: number, done: Done): void {
  if (encoding === '' || encoding === 'identity') {
    done({ bytes });
    return;
  }
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) {
    done(new Refusal(415, `Unsupported Content-Encoding: ${encoding}`));
    return;
  }
  decoder(bytes, { maxOutputLength: Math.max(limit, 1) }, (error, plain) => {
    if (error === null) done({ bytes: plain });
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') done(exceeds(limit));
    else done(new Refusal(400, `The request body is not valid ${encoding}`));
  });
}

const exceeds = (limit: number): Refusal => new Refusal(413, `Request body exceeds the limit of ${limit} bytes`);

/** A form is read by the parser that Kyma has, with its rules for brackets and its limits. */
function readFields(req: IncomingMessage, res: ServerResponse, limit: number, done: Done): void {
  readForm(req, res, limit, (outcome) => {
    done('failure' in outcome ? refuseForm(outcome.failure, req.headers['content-encoding'] ?? '', limit) : outcome);
  });
}

function refuseForm({ type, message }: FormFailure, encoding: string, limit: number): Refusal {
  if (type === 'entity.too.large') return exceeds(limit);
  if (type === 'encoding.unsupported') return new Refusal(415, `Unsupported Content-Encoding: ${encoding}`);
  if (type === 'charset.unsupported') {
    return new Refusal(415, `Unsupported charset: ${message.replace(/^.*"(.*)"$/, '$1').toLowerCase()}`);
  }
  return new Refusal(type === 'parameters.too.many' ? 413 : 400, `Malformed form in the request body: ${message}`);
}
