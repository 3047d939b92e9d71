import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { TooBusy, tooBusy } from '../admission/judgement.ts';
import { refused } from '../admission/response.ts';
import {
  parseReview,
  REVIEW_API_VERSION,
  REVIEW_KIND,
  type AdmissionRequest,
  type AdmissionResponse,
  type Reviewer,
  type Verdict,
} from '../admission/review.ts';
import { answerJson, answerUnread, problemText } from './answer.ts';
import { BodyRoom } from './body-room.ts';
import { readBody } from './body.ts';
import { Deadlines } from './deadlines.ts';
import { isDeeperThan } from './depth.ts';
import { FairQueue } from './fair-queue.ts';
import { DEEPEST_OBJECT, REVIEWS } from './limits.ts';
import type { Logger } from './logging.ts';
import type { Metrics, WebhookName } from './metrics.ts';
import { readHead, type ReviewHead } from './review-head.ts';
import { logReview } from './review-log.ts';

export interface ReviewEndpointOptions {
  readonly webhook: WebhookName;
  readonly reviewer: Reviewer;
  /** In bytes. */
  readonly bodyLimit: number;
  /** Of both webhooks. */
  readonly turns: Turns;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Whether connections are to be closed after the answer. */
  readonly closing: () => boolean;
}

/** How large reviews share the thread that answers, and its memory. */
export interface Turns {
  readonly queue: FairQueue;
  readonly room: BodyRoom;
}

export const createTurns = (): Turns => ({ queue: new FairQueue(REVIEWS.queue), room: new BodyRoom(REVIEWS.bodies) });

/** One of the two hot paths: a POST comes in, its review goes to the reviewer, the answer goes out. */
export function createReviewEndpoint({
  webhook,
  reviewer,
  bodyLimit,
  turns,
  metrics,
  logger,
  closing,
}: ReviewEndpointOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const notAReview = (request: IncomingMessage, status: number, problem: string): void => {
    metrics.notAReview();
    logger.info({ webhook, status, problem, client: request.socket.remoteAddress }, 'not a review');
  };
  const deadlines = new Deadlines();
  /** @param left of the time that an answer may take, in milliseconds */
  const review = async (
    admission: AdmissionRequest,
    response: ServerResponse,
    started: number,
    left: number,
  ): Promise<void> => {
    metrics.reviewStarted();
    let verdict: Pick<Verdict, 'outcome' | 'codes' | 'waited'>;
    let fault: { readonly error: unknown } | undefined;
    try {
      const answered = await deadlines
        .inTime(left, reviewer(admission), () => busyVerdict(admission.uid, TOO_LATE))
        .catch((error: unknown) => tooDeepVerdict(admission, error));
      answerJson(response, 200, reviewText(answered.response), closing());
      verdict = answered;
    } catch (error) {
      fault = { error };
      verdict = { outcome: 'failed', codes: ['internal-error'] };
      const problem = `internal error; the log of the webhook has the trace under uid ${admission.uid.slice(0, 64)}`;
      answerJson(response, 500, problemText(problem), closing());
    }
    const milliseconds = performance.now() - started;
    metrics.reviewEnded(webhook, admission, verdict, (milliseconds - (verdict.waited ?? 0)) / 1000);
    logReview(logger, { webhook, admission, verdict, milliseconds, fault });
  };
  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    started: number,
  ): Promise<void> => {
    const parsed = parseBody(body);
    if ('problem' in parsed) {
      notAReview(request, 400, parsed.problem);
      answerJson(response, 400, problemText(parsed.problem), closing());
      return;
    }
    const left = REVIEWS.longestMilliseconds - (performance.now() - started);
    await review(parsed.request, response, started, left).catch((error: unknown) => {
      logger.error({ err: error, uid: parsed.request.uid }, 'an answer failed');
      response.destroy();
    });
  };
  /** Of a review that is not parsed: there is nothing to say of its object. */
  const turnAway = (
    request: IncomingMessage,
    response: ServerResponse,
    { uid, namespace }: ReviewHead,
    reason: TooBusy,
  ): void => {
    metrics.turnedAway();
    logger.info({ webhook, uid, namespace, reason: reason.reason }, 'a large review was turned away');
    if (uid === '') answerUnread(request, response, 503, problemText(reason.reason));
    else answerUnread(request, response, 200, reviewText(busyVerdict(uid, reason).response));
  };

  return (request, response) => {
    const unsupported = unsupportedMedia(request);
    if (unsupported !== undefined) {
      notAReview(request, 415, unsupported);
      answerUnread(request, response, 415, problemText(unsupported));
      return;
    }
    const hasRoom = (head: Buffer, bytes: number): boolean => {
      const release = turns.room.take(readHead(head).namespace, bytes);
      // Answered, or gone.
      if (release !== undefined) response.once('close', release);
      return release !== undefined;
    };
    readBody(request, { limit: bodyLimit, largeBytes: REVIEWS.largeBytes, hasRoom }, (body) => {
      if ('head' in body) {
        turnAway(request, response, readHead(body.head), NO_ROOM);
        return;
      }
      if ('refused' in body) {
        const problem = `the body is larger than ${bodyLimit} bytes`;
        notAReview(request, 413, problem);
        answerUnread(request, response, 413, problemText(problem));
        return;
      }
      const { whole } = body;
      const started = performance.now();
      if (whole.length <= REVIEWS.largeBytes) {
        void answer(request, response, whole, started);
        return;
      }
      const head = readHead(whole);
      const turn = turns.queue.run(head.namespace, async () => {
        // What came meanwhile is looked at before the next large one.
        await setImmediate();
        await answer(request, response, whole, started);
      });
      void turn.then((outcome) => {
        if (outcome instanceof TooBusy) turnAway(request, response, head, outcome);
      });
    });
  };
}

const NO_ROOM = new TooBusy('large objects of the namespace fill the room that it has already');
const TOO_LATE = new TooBusy(`it took longer than ${REVIEWS.longestMilliseconds / 1000} s`);

const busyVerdict = (uid: string, reason: TooBusy): Verdict => refused(uid, 'The object', [tooBusy(reason)]);

/** What calls itself for each level of an object runs out of stack. Any other fault is one. */
function tooDeepVerdict({ uid, object, oldObject }: AdmissionRequest, error: unknown): Verdict {
  if (!(error instanceof RangeError) || ![object, oldObject].some((each) => isDeeperThan(DEEPEST_OBJECT, each)))
    throw error;
  const problem = `the object is nested deeper than ${DEEPEST_OBJECT} levels`;
  return refused(uid, 'The object', [{ code: 'invalid-object', problem, fix: 'nest it less deeply' }]);
}

/** The patch is nearly all of an answer and, as base64, needs no escaping: it is put in without a look at it. */
function reviewText({ patch, ...rest }: AdmissionResponse): string {
  const text = JSON.stringify({ apiVersion: REVIEW_API_VERSION, kind: REVIEW_KIND, response: rest });
  return patch === undefined ? text : `${text.slice(0, -'}}'.length)},"patch":"${patch}"}}`;
}

function unsupportedMedia({ headers }: IncomingMessage): string | undefined {
  const type = headers['content-type'] ?? '';
  if (type !== 'application/json' && type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    return 'the content type must be application/json';
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' ? undefined : 'the body must not be compressed';
}

/** The parser's own message is left out: it quotes the body. */
function parseBody(body: Buffer): ReturnType<typeof parseReview> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { problem: 'the body is not JSON, or is cut off' };
  }
  return parseReview(value);
}
