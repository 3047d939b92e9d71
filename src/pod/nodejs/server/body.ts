/** Reads a request's body, within the limit. */
import { IncomingMessage, type ServerResponse } from 'node:http';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { readForm, type FormFailure } from './express-view.ts';
import { isBun } from './engine.ts';
import { isForm, type ContentType } from './content.ts';
import type { FunctionRequest } from './messages.ts';
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

/** RFC 9112, 6.3: a request has a body if one of these headers says so. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/**
 * Reads a body, and leaves the request as if nobody had read it: its stream gives the bytes as they were sent, `rawBody` has
 * them unpacked. By a callback: promises cost microseconds on a Node.js that tracks them for the calls.
 *
 * @param done is never called where the client goes away in the middle of its request
 */
export function readBody(
  req: FunctionRequest,
  res: ServerResponse,
  content: ContentType,
  limit: number,
  done: Done,
): void {
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    req.collect(discard(req));
    done(exceeds(limit));
    return;
  }
  collect(req, limit, (sent) => {
    if (sent instanceof Refusal) {
      done(sent);
      return;
    }
    if (sent.length === 0) {
      done(undefined);
      return;
    }
    decompress(sent, req.headers['content-encoding']?.trim().toLowerCase() ?? '', limit, (bytes) => {
      if (bytes instanceof Refusal) {
        done(bytes);
        return;
      }
      req.rawBody = bytes;
      if (isForm(content.type)) readFields(req, bytes, res, limit, done);
      else done({ bytes });
    });
  });
}

function collect(req: FunctionRequest, limit: number, done: (bytes: Buffer | Refusal) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  req.collect((piece) => {
    if (piece === null) {
      const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size);
      if (bytes.length > 0) req.push(bytes);
      req.push(null);
      done(bytes);
      return;
    }
    size += piece.length;
    if (size <= limit) {
      pieces.push(piece);
      return;
    }
    req.collect(discard(req));
    done(exceeds(limit));
  });
  // Bun ends the stream of an empty body only for somebody who reads.
  if (isBun) req.read(0);
}

/** Takes what still comes of a body that was refused. */
function discard(req: FunctionRequest): (piece: Buffer | null) => void {
  let discarded = 0;
  req.on('error', () => undefined);
  return (piece) => {
    discarded += piece?.length ?? 0;
    if (piece === null) req.push(null);
    else if (discarded > DISCARDED) req.destroy();
  };
}

/** The limit holds for what comes out as well. */
function decompress(bytes: Buffer, encoding: string, limit: number, done: (plain: Buffer | Refusal) => void): void {
  if (encoding === '' || encoding === 'identity') {
    done(bytes);
    return;
  }
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) {
    done(new Refusal(415, `Unsupported Content-Encoding: ${encoding}`));
    return;
  }
  decoder(bytes, { maxOutputLength: Math.max(limit, 1) }, (error, plain) => {
    if (error === null) done(plain);
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') done(exceeds(limit));
    else done(new Refusal(400, `The request body is not valid ${encoding}`));
  });
}

const exceeds = (limit: number): Refusal => new Refusal(413, `Request body exceeds the limit of ${limit} bytes`);

/** A form is read by the parser that Kyma has, with its rules for brackets and its limits. */
function readFields(req: FunctionRequest, bytes: Buffer, res: ServerResponse, limit: number, done: Done): void {
  const { 'content-type': type } = req.headers;
  const form = new IncomingMessage(req.socket);
  form.headers = { ...(type !== undefined && { 'content-type': type }), 'content-length': String(bytes.length) };
  form.complete = true;
  form.push(bytes);
  form.push(null);
  readForm(form, res, limit, (outcome) => {
    done('failure' in outcome ? refuseForm(outcome.failure) : outcome);
  });
}

function refuseForm({ type, message }: FormFailure): Refusal {
  if (type === 'charset.unsupported') {
    return new Refusal(415, `Unsupported charset: ${(/"([^"]*)"$/.exec(message)?.[1] ?? message).toLowerCase()}`);
  }
  return new Refusal(type === 'parameters.too.many' ? 413 : 400, `Malformed form in the request body: ${message}`);
}
