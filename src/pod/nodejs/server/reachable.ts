/**
 * Whether anything can still reach an object: a callback that may sit in the queue of a connection pool, a promise that
 * somebody may still resolve. Only the garbage collector knows, and it only looks at all objects when memory is short. So
 * it is asked to, seldom enough to cost a twentieth of the time at most, and less each time it finds nothing.
 */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { outsideCalls } from './current-call.ts';
import { collectInBun } from './engine.ts';
import { apply, cancel, cpuTime, later, now, soon } from './originals.ts';

/** Time between two collections, in times that the last one took. */
const SHARE = 20;
/** A process whose collection takes so long is left to collect when it has to. */
const TOO_LONG_MILLISECONDS = 50;
const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** How often is looked for what V8 has collected for its own reasons. */
const LOOK_MILLISECONDS = 1000;

interface Question {
  readonly target: WeakRef<object>;
  readonly gone: () => void;
}

const questions = new Set<Question>();
let collect: (() => void) | undefined;
let scheduled = false;
let timer: NodeJS.Timeout | undefined;
/** By its share of the time alone, and with the pause that grows while nothing is found. */
let affordableAt = -Infinity;
let allowedAt = -Infinity;
let pause = FIRST_PAUSE_MILLISECONDS;
let slow = 0;
let costly = false;

/**
 * Calls back once nothing can reach an object.
 *
 * @returns ends the question
 */
export function whenUnreachable(target: WeakRef<object>, gone: () => void): () => void {
  const question = { target, gone };
  questions.add(question);
  // One that waits for long makes no other wait.
  if (affordableAt < allowedAt) startOver();
  schedule();
  return () => {
    questions.delete(question);
  };
}

function startOver(): void {
  pause = FIRST_PAUSE_MILLISECONDS;
  allowedAt = affordableAt;
  if (timer === undefined) return;
  cancel(timer);
  timer = undefined;
  scheduled = false;
}

function schedule(): void {
  if (scheduled || questions.size === 0) return;
  scheduled = true;
  const wait = allowedAt - now();
  outsideCalls(() => {
    // A WeakRef keeps its target until the end of the job that made it; and what that job started comes first.
    if (wait <= 0) soon(examineSoon);
    else timer = later(examineSoon, Math.min(wait, LOOK_MILLISECONDS)).unref();
  });
}

/**
 * JavaScriptCore keeps whatever looks like a pointer on its stack. What earlier calls left there is overwritten, and the
 * collection comes from the event loop, above it.
 */
function examineSoon(): void {
  timer = undefined;
  if (collectInBun !== undefined) overwriteStack(STACK_DEPTH);
  soon(examine);
}

const STACK_DEPTH = 200;

const overwriteStack = (depth: number): number => {
  const [first, second, third] = [depth, depth + 1, depth + 2];
  return depth === 0 ? first : overwriteStack(depth - 1) + second + third;
};

function examine(): void {
  scheduled = false;
  if (questions.size === 0) return;
  const [began, used] = [now(), cpuTime()];
  if (began >= allowedAt && !costly) {
    (collect ??= collectInBun ?? collector())();
    // What other processes had of the CPU meanwhile, or a limit kept from this one, costs nothing.
    const cost = Math.min(now() - began, cpuTime() - used);
    slow = cost > TOO_LONG_MILLISECONDS ? slow + 1 : 0;
    // In Bun nothing else shows that a call has ended.
    costly = slow > 1 && collectInBun === undefined;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    if (answerAll()) pause = FIRST_PAUSE_MILLISECONDS;
    affordableAt = now() + Math.max(cost * SHARE, FIRST_PAUSE_MILLISECONDS);
    allowedAt = Math.max(affordableAt, now() + pause);
  } else {
    answerAll();
    if (costly) affordableAt = allowedAt = now() + LOOK_MILLISECONDS;
  }
  schedule();
}

function answerAll(): boolean {
  let some = false;
  for (const question of questions) {
    if (question.target.deref() !== undefined) continue;
    some = true;
    questions.delete(question);
    question.gone();
  }
  return some;
}

/** V8 shows its collector to a context that is made while the flag is set. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function'
    ? () => {
        apply(gc, undefined, []);
      }
    : () => undefined;
}
