/**
 * The head of an HTTP request, as far as the health port needs it. Node's own server would cost its thread 3 MB more.
 *
 * It reads the request line and finds the end of the head; header fields and a body mean nothing here.
 */
export interface RequestLine {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/** Bytes of a head. The kubelet sends about 100. */
const LIMIT = 8192;
const END = '\r\n\r\n';

/** Collects a head from the pieces of a connection. */
export class RequestHead {
  #text = '';

  /** @returns undefined until the head is complete; 'bad' if it is too long or not HTTP/1 */
  take(piece: Buffer): RequestLine | 'bad' | undefined {
    const from = Math.max(this.#text.length - END.length + 1, 0);
    this.#text += piece.toString('latin1', 0, LIMIT + 1);
    const end = this.#text.indexOf(END, from);
    if (end > LIMIT || (end === -1 && this.#text.length > LIMIT)) return 'bad';
    return end === -1 ? undefined : readLine(this.#text.slice(0, this.#text.indexOf('\r\n')));
  }
}

function readLine(line: string): RequestLine | 'bad' {
  const [method = '', target = '', version = '', ...more] = line.split(' ');
  if (method === '' || !target.startsWith('/') || !/^HTTP\/1\.\d$/.test(version) || more.length > 0) return 'bad';
  const query = target.indexOf('?');
  return { method, path: query === -1 ? target : target.slice(0, query) };
}
