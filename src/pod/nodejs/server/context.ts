import type { Context } from '../../../../types/index.d.ts';
import type { Settings } from './settings.ts';

/** The second argument of the handler, with the keys and types that Kyma has. */
export class CallContext implements Context {
  readonly 'function-name': string | undefined;
  readonly runtime: string | undefined;
  readonly namespace: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  /** Megabytes. */
  readonly 'body-size-limit': number;
  readonly #cancellation: Cancellation;

  constructor(settings: Settings, cancellation: Cancellation) {
    this['function-name'] = settings.name;
    this.runtime = settings.runtime;
    this.namespace = settings.namespace;
    this.timeout = settings.timeout;
    this['body-size-limit'] = settings.bodyLimit;
    this.#cancellation = cancellation;
  }

  /**
   * Aborts when nobody waits for the answer any more: with a TimeoutError after FUNC_TIMEOUT, with an AbortError when the
   * client is gone. Not its own property, so that a handler may answer with its context as JSON.
   */
  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }
}

/** An AbortController that is made when somebody asks for its signal; most handlers never do. */
export class Cancellation {
  #controller: AbortController | undefined;
  #reason: DOMException | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  cancel(name: 'TimeoutError' | 'AbortError', message: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = new DOMException(message, name);
    this.#controller?.abort(this.#reason);
  }
}
