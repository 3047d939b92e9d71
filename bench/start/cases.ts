import { ANNOTATIONS } from '../../src/function/keys.ts';
import { CONTENDERS, FIRST_POD, LATER_PODS, type Contender, type Limits } from './contenders.ts';
import type { Start } from './phases.ts';
import { NPM_55, type Subject } from './subjects.ts';

/** So many Pods of a contender at once. */
export interface Case {
  readonly subject: Subject;
  readonly limits: Limits;
  readonly contender: Contender;
  readonly count: number;
}

export interface Measured extends Case {
  readonly starts: Start[];
  /** In milliseconds. */
  readonly restarts: number[];
}

/** @param alone without Pods that start at once */
export function cases(subjects: readonly Subject[], quick: boolean, alone: boolean): readonly Case[] {
  return [
    ...subjects.flatMap((subject) => single(subject, quick)),
    ...(alone ? [] : subjects.flatMap((subject) => many(subject, quick))),
  ];
}

function single(subject: Subject, quick: boolean): readonly Case[] {
  const isFull = subject.locked !== undefined;
  const presets: readonly Limits[] = isFull || (!quick && subject.name.startsWith('hello')) ? ['L', 'XS'] : ['L'];
  return presets.flatMap((limits) =>
    (isFull ? FULL : contendersOf(subject)).map((contender) => ({ subject, limits, contender, count: 1 })),
  );
}

/** With the floors, which are the same for every Function of a language. Without a lock of its author, the controller resolves one. */
const FULL = (Object.keys(CONTENDERS) as readonly Contender[]).filter((contender) => contender !== 'Buildless');

/** Kyma has Functions of one file, of this name, with a server. Its Pod here has no server for Express and Flask handlers. */
const contendersOf = ({ files, template }: Subject): readonly Contender[] =>
  ('handler.js' in files || 'handler.py' in files) && template.metadata?.annotations?.[ANNOTATIONS.api] === undefined
    ? ['Buildless', "Kyma's Pod"]
    : ['Buildless'];

const AT_ONCE: readonly Contender[] = [
  FIRST_POD,
  LATER_PODS,
  'Buildless, with a lock',
  "Kyma's Pod",
  'one empty init container',
];

function many(subject: Subject, quick: boolean): readonly Case[] {
  if (subject.name !== NPM_55) return [];
  return (quick ? [5] : [5, 20]).flatMap((count) =>
    AT_ONCE.map((contender) => ({ subject, limits: 'L', contender, count }) as const),
  );
}

export const nameOf = ({ subject, limits, contender, count }: Case): string =>
  `${subject.name}, ${limits}, ${contender}, ${count} at once`;
