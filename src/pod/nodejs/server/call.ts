/** One call of the handler, from its request to the end of its answer. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '../../../../types/index.d.ts';
import { CallContext, Cancellation } from './context.ts';
import { allowOrigin } from './cors.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { buildEvent, type Input, type Watcher } from './event.ts';
import { note, traceOf } from './journal.ts';
import type { FunctionResponse } from './messages.ts';
import type { Metrics } from './metrics.ts';
import { sendCallback, sendResult } from './result.ts';
import type { Settings } from './settings.ts';
import type { CallSpan, Tracing } from './tracing/tracing.ts';

/** What all calls of a Function share. */
export interface Served {
  readonly handler: Handler;
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** Undefined where no spans are exported. */
  readonly tracing: Tracing | undefined;
}

/** The call that the running code belongs to, also in its timers and promises. */
export const currentCall = new AsyncLocalStorage<Call>();

/** Parameters of a main that takes a callback. */
const WITH_CALLBACK = 3;

export class Call implements Timed, Watcher {
  readonly #req: IncomingMessage;
  readonly #res: FunctionResponse;
  readonly #served: Served;
  readonly #deadlines: Deadlines;
  readonly #cancellation = new Cancellation();
  readonly #begin = performance.now();
  readonly #span: CallSpan | undefined;
  /** `sending` is an answer of the handler's that takes time; `done` is decided, by a result, a failure or the timeout. */
  #answer: 'open' | 'sending' | 'done' = 'open';
  #failed = false;
  /** Whether a promise of the handler's will decide the answer. */
  #awaited = false;
  #sawRequest = false;
  #shown = false;
  /** Status of the response when the handler asked for it; undefined where it did not. */
  #statusBefore: number | undefined;
  #piped = false;
  /** Bytes that the client had got when the time of this call was over, where its answer was under way. */
  #written: number | undefined;

  constructor(req: IncomingMessage, res: FunctionResponse, served: Served, deadlines: Deadlines) {
    this.#req = req;
    this.#res = res;
    this.#served = served;
    this.#span = served.tracing?.begin(req);
    this.#deadlines = deadlines;
    deadlines.begin(this);
  }

  /** Calls the handler and answers with what it gives. */
  run(input: Input): void {
    const body = (): void => {
      currentCall.run(this, () => {
        this.#run(input);
      });
    };
    if (this.#span === undefined) body();
    else this.#span.run(body);
  }

  /** The response is closed: answered, or the client is gone. */
  close(): void {
    this.#deadlines.end(this);
    this.#served.metrics.observe(this.#req.method ?? '', (performance.now() - this.#begin) / 1000, this.#failed);
    this.#span?.end(this.#res.statusCode);
    if (this.#res.writableFinished) return;
    this.#answer = 'done';
    this.#cancellation.cancel('AbortError', 'The client is gone');
  }

  /** Logs what the handler threw and answers 500 where that is still possible. */
  fail(error: unknown, where = 'main failed'): void {
    const res = this.#res;
    const late = this.#answer === 'done' || res.writableEnded;
    note('error', late ? `${where} after its answer` : where, { error, traceId: this.#traceId });
    if (this.#answer === 'done') return;
    this.#answer = 'done';
    this.#failed = true;
    this.#span?.fail(error);
    if (res.writableEnded) return;
    if (res.headersSent) {
      // Cut, so that the client does not take the beginning for the whole.
      res.destroy();
      return;
    }
    const shown = this.#served.settings.exposeErrors ? traceOf(error) : 'Internal server error';
    this.#answerText(500, typeof error === 'string' ? error : shown);
  }

  /** As `fail`, for a rejection that nobody handles: where a promise is awaited, that one decides the answer. */
  failUnlessAwaited(error: unknown, where: string): void {
    if (this.#awaited) note('error', where, { error, traceId: this.#traceId });
    else this.fail(error, where);
  }

  /** FUNC_TIMEOUT is over. */
  timeOut(): void {
    const res = this.#res;
    const { timeout } = this.#served.settings;
    const written = res.socket?.bytesWritten;
    if (res.headersSent && written !== this.#written) {
      // An answer that is under way may take as long as it likes, while something comes.
      this.#written = written;
      this.#deadlines.begin(this);
      return;
    }
    note('warn', `main took longer than ${timeout} s (FUNC_TIMEOUT)`, { traceId: this.#traceId });
    this.#answer = 'done';
    this.#failed = true;
    const reason = `The call took longer than ${timeout} s (FUNC_TIMEOUT)`;
    this.#cancellation.cancel('TimeoutError', reason);
    this.#span?.fail(new DOMException(reason, 'TimeoutError'));
    if (res.headersSent) res.destroy();
    else this.#answerText(408, 'Request Timeout');
  }

  sawRequest(): void {
    this.#showResponse();
    this.#sawRequest = true;
  }

  sawResponse(): void {
    this.#showResponse();
    if (this.#statusBefore !== undefined) return;
    const res = this.#res;
    res.once('pipe', () => {
      this.#piped = true;
    });
    this.#statusBefore = res.statusCode;
    res.beUntouched();
  }

  /** Before the handler sees the response, which Express' request has, too: from now on it may also remove the header. */
  #showResponse(): void {
    if (!this.#shown) allowOrigin(this.#res, this.#served.settings.corsOrigin);
    this.#shown = true;
  }

  /** Origin that is still to be sent. */
  get #origin(): string {
    return this.#shown ? '' : this.#served.settings.corsOrigin;
  }

  /** The span's, else the one that the request names. */
  get #traceId(): string | undefined {
    return this.#span?.traceId ?? traceIdOf(this.#req);
  }

  #run(input: Input): void {
    const { handler, settings } = this.#served;
    const event = buildEvent(this.#req, this.#res, input, this.#served, this);
    try {
      const result = handler(event, new CallContext(settings, this.#cancellation), (body, status, headers) => {
        this.#send(() => sendCallback(this.#res, body, status, headers, this.#origin));
      });
      if (isThenable(result)) {
        this.#awaited = true;
        result.then(
          (value) => {
            this.#settle(value, false);
          },
          (error: unknown) => {
            this.#awaited = false;
            this.fail(error);
          },
        );
      } else {
        this.#settle(result, true);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers with a result, or leaves the answer to the handler where that is what it is about to do. */
  #settle(value: unknown, atOnce: boolean): void {
    this.#awaited = false;
    const res = this.#res;
    // Begun by `response.json()`, `response.write()`, `stream.pipe(response)` and the like: the handler ends it.
    if (this.#answer !== 'open' || res.headersSent || this.#piped) return;
    const result = value === res ? undefined : value;
    if (result === undefined && atOnce && (this.#served.handler.length >= WITH_CALLBACK || this.#answersLater()))
      return;
    this.#send(() => sendResult(res, result, this.#origin));
  }

  /**
   * A handler that asked for the response alone, did nothing to it and returned nothing has one purpose for it: to answer
   * when it has what to answer. One that also asked for the request may have taken both apart and need only that.
   */
  #answersLater(): boolean {
    return !this.#sawRequest && !this.#res.isTouched && this.#res.statusCode === this.#statusBefore;
  }

  #send(send: () => Promise<void> | undefined): void {
    if (this.#answer !== 'open' || this.#res.headersSent) return;
    this.#answer = 'sending';
    try {
      const sending = send();
      if (sending === undefined) this.#answer = 'done';
      else void this.#finish(sending);
    } catch (error) {
      this.fail(error);
    }
  }

  async #finish(sending: Promise<void>): Promise<void> {
    this.#awaited = true;
    try {
      await sending;
      this.#answer = 'done';
    } catch (error) {
      this.fail(error, 'the answer of main failed');
    } finally {
      this.#awaited = false;
    }
  }

  #answerText(status: number, text: string): void {
    const res = this.#res;
    for (const name of res.getHeaderNames()) {
      // A browser that may not read the answer shows its user nothing at all.
      if (!name.startsWith('access-control-')) res.removeHeader(name);
    }
    allowOrigin(res, this.#served.settings.corsOrigin);
    answerText(res, status, text);
  }
}

/** A short answer in plain text. */
export function answerText(res: ServerResponse, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

/** Trace id of a request (W3C Trace Context, 3.2.2; B3's header of its own). */
function traceIdOf({ headers: { traceparent, 'x-b3-traceid': b3 } }: IncomingMessage): string | undefined {
  if (typeof traceparent === 'string') return /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent)?.[1];
  return typeof b3 === 'string' && /^[\da-f]{16,32}$/i.test(b3) ? b3 : undefined;
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
