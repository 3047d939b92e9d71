/**
 * Requests and responses with prototypes of their own. When the first handler asks for Express' objects, its methods are
 * put behind these two, and no object has to change its prototype (express-view.ts).
 */
import { IncomingMessage, ServerResponse } from 'node:http';

export class FunctionRequest extends IncomingMessage {}

/** Knows whether something has been done to it, from which one guesses what a handler is about to do. */
export class FunctionResponse extends ServerResponse<FunctionRequest> {
  #touched = false;

  /** Whether a header was set or removed, or a listener added, since `beUntouched`. */
  get isTouched(): boolean {
    return this.#touched;
  }

  beUntouched(): void {
    this.#touched = false;
  }

  override on(...args: Parameters<ServerResponse['on']>): this {
    this.#touched = true;
    return super.on(...args);
  }

  override addListener(...args: Parameters<ServerResponse['on']>): this {
    this.#touched = true;
    return super.addListener(...args);
  }

  override prependListener(...args: Parameters<ServerResponse['on']>): this {
    this.#touched = true;
    return super.prependListener(...args);
  }

  override setHeader(...args: Parameters<ServerResponse['setHeader']>): this {
    this.#touched = true;
    return super.setHeader(...args);
  }

  override appendHeader(...args: Parameters<ServerResponse['appendHeader']>): this {
    this.#touched = true;
    return super.appendHeader(...args);
  }

  override removeHeader(name: string): void {
    this.#touched = true;
    super.removeHeader(name);
  }
}
