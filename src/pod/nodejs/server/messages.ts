/**
 * Requests and responses with prototypes of their own. When the first handler asks for Express' objects, its methods are
 * put behind these two, and no object has to change its prototype (express-view.ts).
 */
import { IncomingMessage, ServerResponse } from 'node:http';

/** A request whose body the server reads first, and the handler may read again. */
export class FunctionRequest extends IncomingMessage {
  /** The bytes of the body, unpacked; undefined without one. What a signature of a webhook is made of. */
  declare rawBody: Buffer | undefined;
  #take: ((piece: Buffer | null) => void) | undefined;
  #closeIsAwaited = false;

  /**
   * Gives each piece of the body as it comes from the socket, then null. The stream stays as it is: what it shall give to
   * the handler is pushed after `null`.
   */
  collect(take: (piece: Buffer | null) => void): void {
    this.#take = take;
  }

  /** Node calls this with what it receives. */
  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    if (this.#take === undefined || !(piece === null || Buffer.isBuffer(piece))) return super.push(piece, encoding);
    const take = this.#take;
    if (piece === null) this.#take = undefined;
    take(piece);
    return true;
  }

  /** Whether the handler wants to know when the client goes. */
  get closeIsAwaited(): boolean {
    return this.#closeIsAwaited;
  }

  override on(...args: Parameters<IncomingMessage['on']>): this {
    if (args[0] === 'close') this.#closeIsAwaited = true;
    return super.on(...args);
  }
}

/** Knows what a handler has begun with it. */
export class FunctionResponse extends ServerResponse<FunctionRequest> {
  /**
   * The call that it answers, for the route of the HTTP API. A WeakMap from one to the other costs a sixth of a short call:
   * V8 looks through all of it in each collection.
   */
  call: object | undefined;
  #piped = false;
  #closeIsAwaited = false;
  #sendsFile = false;

  /** Whether somebody else answers: a stream that is piped into it, or an application of Express that took it over. */
  get isTaken(): boolean {
    return this.#piped || Object.getPrototypeOf(this) !== FunctionResponse.prototype;
  }

  /** Whether the handler wants to know when it is closed: what it has begun, it goes on with until then. */
  get closeIsAwaited(): boolean {
    return this.#closeIsAwaited;
  }

  /** Whether Express reads a file to answer with. */
  get sendsFile(): boolean {
    return this.#sendsFile;
  }

  /** Express' `sendFile` was called. */
  beginFile(): void {
    this.#sendsFile = true;
  }

  /** The handler sees it from now on. */
  show(): void {
    this.once('pipe', () => {
      this.#piped = true;
    });
    // What was listened for up to here, the server itself did.
    this.#closeIsAwaited = false;
  }

  override on(...args: Parameters<ServerResponse['on']>): this {
    this.#notice(args[0]);
    return super.on(...args);
  }

  override addListener(...args: Parameters<ServerResponse['on']>): this {
    this.#notice(args[0]);
    return super.addListener(...args);
  }

  #notice(event: string | symbol): void {
    if (event === 'close') this.#closeIsAwaited = true;
  }
}
