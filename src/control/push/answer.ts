/** What a webhook of a Git host is answered. */
import type { IncomingHttpHeaders } from 'node:http';
import { PUSH_SECRET } from '../../installation/names.ts';
import { pushedOf, type Pushed } from '../../push/pushed.ts';
import { isSigned, SHORTEST_SECRET } from '../../push/signature.ts';
import { problemText } from '../../server/answer.ts';
import type { Logger } from '../../server/logging.ts';
import type { PushOutcome } from '../metrics.ts';
import { passOn, PASSED_ON_HEADER } from './pass-on.ts';

export interface PushAnswerOptions {
  /** Any of them signs. */
  readonly secrets: () => Promise<readonly string[]>;
  /** @returns how many workloads are looked up; undefined if this process does not lead */
  readonly pushed: (push: Pushed) => number | undefined;
  /** `HOST:PORT` of the replica that leads, if it is another one. */
  readonly leaderAddress: () => string | undefined;
  readonly logger: Logger;
}

export interface PushAnswer {
  readonly status: number;
  readonly text: string;
  readonly outcome: PushOutcome;
}

export async function answerPush(
  options: PushAnswerOptions,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<PushAnswer> {
  const secrets = await options.secrets();
  if (secrets.length === 0) return NO_SECRET;
  if (!isSigned(headers, body, secrets)) return UNSIGNED;
  const push = pushedOf(contentOf(body));
  if (push === undefined) return UNREADABLE;
  const count = options.pushed(push);
  if (count === undefined) return passToLeader(options, headers, body);
  return { status: 202, text: textOf(push, count), outcome: count === 0 ? 'no-function' : 'looked-up' };
}

async function passToLeader(
  options: PushAnswerOptions,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<PushAnswer> {
  const address = options.leaderAddress();
  if (address === undefined || headers[PASSED_ON_HEADER] !== undefined) return NO_LEADER;
  try {
    return { ...(await passOn(address, headers, body)), outcome: 'passed-on' };
  } catch (error) {
    options.logger.warn({ address, reason: String(error) }, 'a push was not passed on');
    return NO_LEADER;
  }
}

/** For people: hosts show it beside the webhook. */
function textOf({ repositories, refs }: Pushed, workloads: number): string {
  const [repository] = repositories;
  const message =
    workloads === 0
      ? 'no workload of a Function follows this repository there'
      : `${workloads} ${workloads === 1 ? 'workload follows it and is' : 'workloads follow it and are'} looked up now`;
  const named = refs === undefined ? undefined : [...refs].slice(0, REFS_NAMED);
  return JSON.stringify({ repository, refs: named, workloads, message });
}

const REFS_NAMED = 10;

/** @returns undefined if it cannot be read; GitHub sends a form with the JSON in it unless told otherwise */
function contentOf(body: Buffer): unknown {
  const text = body.toString('utf8');
  const json = text.startsWith(FORM) ? (new URLSearchParams(text).get(FORM.slice(0, -1)) ?? '') : text;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const FORM = 'payload=';

const problem = (status: number, outcome: PushOutcome, text: string): PushAnswer => ({
  status,
  outcome,
  text: problemText(text),
});
export const UNSIGNED = problem(
  401,
  'unsigned',
  `the webhook is not signed with a secret of this installation; give the host the value of a key of the Secret ${PUSH_SECRET}`,
);
const NO_SECRET = problem(
  503,
  'no-secret',
  `the secret to check the webhook with is missing; create the Secret ${PUSH_SECRET} with a key of at least ${SHORTEST_SECRET} characters`,
);
const UNREADABLE = problem(
  400,
  'unreadable',
  'the body is not JSON with the address of a repository; send push events of GitHub, GitLab, Gitea, Forgejo or Bitbucket as JSON',
);
export const tooLarge = (bytes: number): PushAnswer =>
  problem(413, 'unreadable', `the body is larger than ${bytes} bytes; the push is seen at the next interval`);
export const BUSY = problem(503, 'busy', 'too many large pushes at once; this one is seen at the next interval');
const NO_LEADER = problem(
  503,
  'no-leader',
  'no replica of the controller leads now; the one that will looks up every branch as its first work',
);
