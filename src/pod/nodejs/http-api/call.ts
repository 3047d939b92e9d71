/**
 * One call of `main(req, res)`, from its request to the end of its answer. Only the response answers: what main returns is
 * ignored.
 *
 * | what happens                     | nothing is sent yet                        | headers or a part are | all is sent |
 * | -------------------------------- | ------------------------------------------ | --------------------- | ----------- |
 * | main throws or rejects           | 500                                        | cut                   | logged      |
 * | an exception that nobody caught  | logged; 500 in place of 408, if none comes | the same, cut         | logged      |
 * | nothing is sent for FUNC_TIMEOUT | 408                                        | cut                   |             |
 *
 * FUNC_TIMEOUT is a timer of the connection that each write begins again and `res.setTimeout` changes, as in Kyma. A
 * handler that computes is not interrupted.
 */
import type { Request, Response } from 'express';
import type { Served } from '../server/served.ts';
import { allowOrigin } from '../server/cors.ts';
import { runInCall, type OngoingCall } from '../server/current-call.ts';
import { traceOf } from '../server/error-description.ts';
import { isBun } from '../server/engine.ts';
import { answerInstead, type Turn } from '../server/front.ts';
import { note } from '../server/journal.ts';
import type { FunctionRequest, FunctionResponse } from '../server/messages.ts';
import { apply, now, soon } from '../server/originals.ts';
import { restartTimerOnWrites } from './restarted-timer.ts';
import { isThenable } from '../server/thenable.ts';
import { traceIdOf } from '../server/trace-id.ts';
import type { CallSpan } from '../server/tracing/tracing.ts';

/** What is of use until the response is closed. */
interface Exchange {
  readonly req: FunctionRequest;
  readonly res: FunctionResponse;
}

export class HttpCall implements Turn, OngoingCall {
  /**
   * Undefined once the response is closed. Timers keep the call that they were set in, and Node.js sets one for a connection
   * that waits for its next request: what is let go here does not stay in memory for that long.
   */
  #exchange: Exchange | undefined;
  readonly #served: Served;
  readonly #begin = now();
  #span: CallSpan | undefined;
  #ran = false;
  #failed = false;
  /** When the response was closed: whether it was answered before. */
  #answered = false;
  #traceId: string | undefined;
  /** An exception that nobody caught: the answer, if there will be no other. */
  #astray: { readonly error: unknown } | undefined;

  constructor(req: FunctionRequest, res: FunctionResponse, served: Served) {
    this.#exchange = { req, res };
    this.#served = served;
  }

  /** Calls the handler. */
  run(request: Request, response: Response): void {
    if (this.#exchange === undefined) return;
    const { req, res } = this.#exchange;
    const { settings, tracing } = this.#served;
    this.#ran = true;
    this.#span = tracing?.begin(req);
    allowOrigin(res, settings.corsOrigin);
    if (isBun) restartTimerOnWrites(res);
    res.setTimeout(settings.timeout * 1000, () => {
      this.#timeOut();
    });
    const body = (): void => {
      runInCall(this, () => {
        this.#run(request, response);
      });
    };
    if (this.#span === undefined) body();
    else this.#span.run(body);
  }

  #run(request: Request, response: Response): void {
    try {
      // Of which API the handler is, only its author knows: it is called as what this server is for.
      const result: unknown = apply(this.#served.handler, undefined, [request, response]);
      if (isThenable(result)) {
        result.then(undefined, (error: unknown) => {
          this.#fail(error);
        });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    if (this.#exchange === undefined) return;
    const { req, res } = this.#exchange;
    if (this.#ran) {
      this.#served.metrics.count(req, now() - this.#begin, this.#failed);
      this.#span?.end(res.statusCode);
    }
    this.#answered = res.writableEnded;
    this.#traceId = this.#knownTraceId();
    this.#exchange = undefined;
  }

  goAstray(error: unknown, where: string): void {
    const late = this.#isLate();
    note('error', late ? `${where} after its answer` : where, { error, traceId: this.#knownTraceId() });
    if (!late) this.#astray ??= { error };
  }

  #timeOut(): void {
    const { timeout } = this.#served.settings;
    note('warn', `main sent nothing for ${timeout} s (FUNC_TIMEOUT)`, { traceId: this.#knownTraceId() });
    if (this.#astray === undefined) {
      this.#end(new DOMException('main sent nothing in time', 'TimeoutError'), 408, 'Request Timeout');
    } else this.#answerFailure(this.#astray.error);
  }

  #knownTraceId(): string | undefined {
    if (this.#exchange === undefined) return this.#traceId;
    return this.#span?.traceId ?? traceIdOf(this.#exchange.req);
  }

  #isLate(): boolean {
    return this.#exchange?.res.writableEnded ?? this.#answered;
  }

  #fail(error: unknown): void {
    const where = this.#isLate() ? 'main failed after its answer' : 'main failed';
    note('error', where, { error, traceId: this.#knownTraceId() });
    this.#answerFailure(error);
  }

  #answerFailure(error: unknown): void {
    const shown = this.#served.settings.exposeErrors ? traceOf(error) : 'Internal server error';
    this.#end(error, 500, typeof error === 'string' ? error : shown);
  }

  /** The call has failed. */
  #end(error: unknown, status: number, text: string): void {
    if (this.#exchange === undefined) return;
    const { res } = this.#exchange;
    this.#failed = true;
    this.#span?.fail(error);
    if (res.writableEnded) return;
    // Cut, so that the client does not take the beginning for the whole.
    if (res.headersSent) {
      // After what was written: Node.js 24 hands it to the socket only in the next tick.
      soon(() => res.socket?.destroySoon());
      return;
    }
    answerInstead(res, status, text, this.#served.settings.corsOrigin);
  }
}
