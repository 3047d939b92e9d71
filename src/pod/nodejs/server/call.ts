/**
 * One call of the handler, from its request to the end of its answer.
 *
 * Several may answer: main by its result, the callback, the response itself, an error, the clock. The first decides.
 *
 * | what happens                               | nothing is sent yet                 | headers or a part are ("begun")      |
 * | ------------------------------------------ | ----------------------------------- | ------------------------------------ |
 * | main gives a value, at once or by a promise | answer with it                      | the value is the end of the answer   |
 * | the callback is called                     | the same, with status and headers   | the same; those come too late        |
 * | the callback is called with an error       | 500, or its status from 400 on      | cut                                  |
 * | `response.end()`, `send()`, `json()`       | that is the answer                  | that is its end                      |
 * | a promise gives nothing                    | the response as it is               | end it                               |
 * | main returns nothing                       | wait while something is pending, then as above | the same                  |
 * | main throws or rejects                     | 500                                 | cut                                  |
 * | an exception that nobody caught            | logged; 500 once nothing else can answer       | logged; cut then          |
 * | FUNC_TIMEOUT                               | 408, or 500 after such an exception | cut, unless something was sent since |
 *
 * "Wait while something is pending" (pending.ts) is for handlers that have a callback or asked for the response; main gave
 * nothing to all others. Two more things are waited for: a callback that something still holds (reachable.ts), such as the
 * queue of a connection pool; and a response that was given away (`isTaken`), or that is written to until its client goes.
 */
import { STATUS_CODES } from 'node:http';
import type { Callback, Handler } from '../../../../types/index.d.ts';
import { CallContext, Cancellation } from './context.ts';
import { allowOrigin } from './cors.ts';
import { runInCall, type CallScope, type OngoingCall } from './current-call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { isError, traceOf } from './error-description.ts';
import { buildEvent, type Input, type Watcher } from './event.ts';
import { answerInstead } from './front.ts';
import { note } from './journal.ts';
import type { FunctionRequest, FunctionResponse } from './messages.ts';
import { now, OwnWeakRef } from './originals.ts';
import type { Pending } from './pending.ts';
import { scopeToWatch, watchCall } from './pending-scope.ts';
import { whenUnreachable } from './reachable.ts';
import { sendCallback, sendResult } from './result.ts';
import type { Served } from './served.ts';
import { isThenable } from './thenable.ts';
import { traceIdOf } from './trace-id.ts';
import type { CallSpan } from './tracing/tracing.ts';

/** Parameters of a main that takes a callback. */
const WITH_CALLBACK = 3;

export class Call implements Timed, Watcher, OngoingCall {
  /** What the call has started; undefined while nobody wants to know. */
  pending: Pending | undefined;
  readonly #req: FunctionRequest;
  readonly #res: FunctionResponse;
  readonly #served: Served;
  readonly #deadlines: Deadlines;
  readonly #cancellation = new Cancellation();
  readonly #begin = now();
  readonly #span: CallSpan | undefined;
  /** `sending` is a value that takes time to send; `done` is decided, by a value, a failure or the timeout. */
  #answer: 'open' | 'sending' | 'done' = 'open';
  /** What main's promise calls when it is settled; not kept from being collected, with the promise. */
  #promise: WeakRef<object> | undefined;
  /** The callback, where main takes one; not kept from being collected. */
  #callback: WeakRef<Callback> | undefined;
  #scope: WeakRef<CallScope> | undefined;
  #failed = false;
  #isShown = false;
  #sawResponse = false;
  /** An exception that nobody caught: the answer, if there will be no other. */
  #astray: { readonly error: unknown } | undefined;
  #endQuestion: (() => void) | undefined;
  /** Bytes that the client had got when the time of this call was over, where its answer was under way. */
  #written: number | undefined;

  constructor(req: FunctionRequest, res: FunctionResponse, served: Served, deadlines: Deadlines) {
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
      runInCall(this, () => {
        this.#run(input);
      });
    };
    if (this.#span === undefined) body();
    else this.#span.run(body);
  }

  /** The response is closed: answered, or the client is gone. */
  close(): void {
    this.#deadlines.end(this);
    this.#stopWaiting();
    this.#served.metrics.count(this.#req, now() - this.#begin, this.#failed);
    this.#span?.end(this.#res.statusCode);
    if (this.#res.writableFinished) return;
    this.#answer = 'done';
    this.#cancellation.cancel('AbortError', 'The client is gone');
  }

  /** An exception or a rejection that nobody caught, in code that this call has started. */
  goAstray(error: unknown, where: string): void {
    const late = this.#answer === 'done' || this.#res.writableEnded;
    note('error', late ? `${where} after its answer` : where, { error, traceId: this.#traceId });
    if (late) return;
    this.#astray ??= { error };
    if (this.#promise !== undefined) {
      this.#ask(this.#promise, () => {
        this.#settleAstray();
      });
    } else if (this.#answer === 'open') this.#wait();
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
    const reason = `The call took longer than ${timeout} s (FUNC_TIMEOUT)`;
    this.#cancellation.cancel('TimeoutError', reason);
    if (this.#astray !== undefined) this.#answerFailure(this.#astray.error);
    else this.#end(new DOMException(reason, 'TimeoutError'), 408, 'Request Timeout');
  }

  sawRequest(): void {
    this.#show();
  }

  sawResponse(): void {
    this.#show();
    if (this.#sawResponse) return;
    this.#sawResponse = true;
    this.#res.show();
    // From now on, what the handler starts may be what it answers from.
    this.pending ??= watchCall(this.#scope);
  }

  /** Before the handler sees the response, which Express' request has as well: from now on it may also remove the header. */
  #show(): void {
    if (!this.#isShown) allowOrigin(this.#res, this.#served.settings.corsOrigin);
    this.#isShown = true;
  }

  /** Origin that is still to be sent. */
  get #origin(): string {
    return this.#isShown ? '' : this.#served.settings.corsOrigin;
  }

  /** The span's, else the one that the request names. */
  get #traceId(): string | undefined {
    return this.#span?.traceId ?? traceIdOf(this.#req);
  }

  get #takesCallback(): boolean {
    return this.#served.handler.length >= WITH_CALLBACK;
  }

  #run(input: Input): void {
    this.#scope = scopeToWatch();
    const event = buildEvent(this.#req, this.#res, input, this.#served, this);
    if (this.#takesCallback) this.pending ??= watchCall(this.#scope);
    try {
      this.#settle(this.#main(event, new CallContext(this.#served.settings, this.#cancellation)));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What main returns. Nothing here keeps the callback: see `reachable.ts`. */
  #main(event: Parameters<Handler>[0], context: CallContext): unknown {
    const { handler } = this.#served;
    const callback: Callback = (body, status, headers) => {
      if (isError(body)) this.#fail(body, 'main called back with an error', status);
      else this.#send(() => sendCallback(this.#res, body, status, headers, this.#origin));
    };
    if (this.#takesCallback) this.#callback = new OwnWeakRef(callback);
    return handler(event, context, callback);
  }

  #settle(result: unknown): void {
    if (!isThenable(result)) {
      this.#give(result, true);
      return;
    }
    // A promise says when main is done; until then nothing else has to.
    this.#stopWatching();
    const settle = (value: unknown): void => {
      this.#promise = undefined;
      this.#give(value, false);
    };
    this.#promise = new OwnWeakRef(settle);
    result.then(settle, (error: unknown) => {
      this.#promise = undefined;
      this.#fail(error);
    });
  }

  /** Answers with what main gave, or leaves the answer to the handler where that is what it is about to do. */
  #give(value: unknown, atOnce: boolean): void {
    const res = this.#res;
    const result = value === res ? undefined : value;
    if (this.#answer !== 'open' || res.writableEnded || res.isTaken) {
      if (this.#answer === 'done' || res.writableEnded) this.#stopWaiting();
    } else if (result !== undefined) this.#sendResult(result);
    else if (atOnce && (this.#takesCallback || this.#sawResponse)) this.#wait();
    // Express answers when it has the file, whatever comes of it.
    else if (!res.sendsFile) this.#sendResult(undefined);
  }

  #sendResult(result: unknown): void {
    this.#send(() => sendResult(this.#res, result, this.#origin));
  }

  /** Answers with what there is, once nothing is pending that could do better. */
  #wait(): void {
    if (this.pending === undefined) {
      this.#settleNothing();
      return;
    }
    this.pending.whenNone(
      () => this.#res.headersSent,
      () => {
        this.#settleNothing();
      },
    );
  }

  /** Nothing of the call is pending. */
  #settleNothing(): void {
    if (this.#answer !== 'open' || this.#res.writableEnded) return;
    if (this.#callback?.deref() === undefined) {
      this.#settleSilence();
      return;
    }
    this.#ask(this.#callback, () => {
      this.#callback = undefined;
      this.#wait();
    });
  }

  /** Main has given nothing, and nobody is left to call the callback. */
  #settleSilence(): void {
    const res = this.#res;
    if (this.#astray !== undefined) this.#settleAstray();
    else if (res.isTaken) return;
    else if (res.headersSent && (res.closeIsAwaited || this.#req.closeIsAwaited)) return;
    else this.#sendResult(undefined);
  }

  #settleAstray(): void {
    if (this.#astray !== undefined && this.#answer === 'open') this.#answerFailure(this.#astray.error);
  }

  #ask(target: WeakRef<object>, gone: () => void): void {
    this.#endQuestion?.();
    this.#endQuestion = whenUnreachable(target, gone);
  }

  #stopWaiting(): void {
    this.#endQuestion?.();
    this.#endQuestion = undefined;
    this.#stopWatching();
  }

  #stopWatching(): void {
    this.pending?.close();
    this.pending = undefined;
  }

  #send(send: () => Promise<void> | undefined): void {
    if (this.#answer !== 'open' || this.#res.writableEnded) return;
    this.#answer = 'sending';
    this.#stopWaiting();
    try {
      const sending = send();
      if (sending === undefined) this.#answer = 'done';
      else void this.#finish(sending);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #finish(sending: Promise<void>): Promise<void> {
    try {
      await sending;
      this.#answer = 'done';
    } catch (error) {
      this.#fail(error, 'the answer of main failed');
    }
  }

  /**
   * Logs what the handler threw and answers 500 where that is still possible.
   *
   * @param status that the handler wants instead; only one of an error counts
   */
  #fail(error: unknown, where = 'main failed', status?: unknown): void {
    const late = this.#answer === 'done' || this.#res.writableEnded;
    note('error', late ? `${where} after its answer` : where, { error, traceId: this.#traceId });
    if (this.#answer === 'done') return;
    const named = Number(status) >= 400 ? STATUS_CODES[Number(status)] : undefined;
    if (named === undefined) this.#answerFailure(error);
    else this.#end(error, Number(status), named);
  }

  #answerFailure(error: unknown): void {
    const shown = this.#served.settings.exposeErrors ? traceOf(error) : 'Internal server error';
    this.#end(error, 500, typeof error === 'string' ? error : shown);
  }

  /** The call has failed. */
  #end(error: unknown, status: number, text: string): void {
    const res = this.#res;
    this.#answer = 'done';
    this.#failed = true;
    this.#stopWaiting();
    this.#span?.fail(error);
    if (res.writableEnded) return;
    // Cut, so that the client does not take the beginning for the whole.
    if (res.headersSent) res.destroy();
    else answerInstead(res, status, text, this.#served.settings.corsOrigin);
  }
}
