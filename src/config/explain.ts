import type * as z from 'zod';
import { nearest } from '../outcome/nearest.ts';
import { keysAt } from './schema.ts';

/** A problem before its place in the file is known. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** The key at the end of the path is wrong, not its value. */
  readonly atKey: boolean;
  readonly problem: string;
  readonly fix: string;
}

type Issue = z.core.$ZodIssue;

/** Puts zod's issues into plain sentences with a cure each; one unknown key, one fault. */
export function explain(issue: Issue): readonly Fault[] {
  const { path } = issue;
  const name = path.at(-1);
  const subject = name === undefined ? 'the configuration' : String(name);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], atKey: true, ...unknownKey(path, key) }));
    case 'custom': {
      const fix: unknown = issue.params?.fix;
      // A bad name is found at the key, a bad value behind it.
      const atKey = name !== undefined && issue.message.startsWith(`"${String(name)}" `);
      return [{ path, atKey, problem: issue.message, fix: typeof fix === 'string' ? fix : 'correct it' }];
    }
    case 'invalid_value': {
      const options = issue.values.map(String);
      const guess = typeof issue.input === 'string' ? nearest(issue.input, options) : undefined;
      const problem = `${subject} is ${describe(issue.input)}, which it cannot be`;
      return [
        {
          path,
          atKey: false,
          problem,
          fix: guess === undefined ? `write one of ${options.join(', ')}` : `write ${guess}`,
        },
      ];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, atKey: false, ...outOfBounds(subject, issue) }];
    case 'invalid_type':
      if (issue.input === undefined) {
        return [{ path, atKey: false, problem: `${subject} is missing`, fix: `add ${subject}` }];
      }
      return [
        {
          path,
          atKey: false,
          problem: `${subject} is ${describe(issue.input)}`,
          fix: cureOfType(issue.expected, issue.input),
        },
      ];
    case 'invalid_union':
      return [
        {
          path,
          atKey: false,
          problem: `${subject} is ${describe(issue.input)}`,
          fix: 'write a number or a quantity such as 256Mi',
        },
      ];
    default:
      return [
        { path, atKey: false, problem: `${subject}: ${issue.message}`, fix: 'compare it with deploy/config.yaml' },
      ];
  }
}

type OutOfBounds = Extract<Issue, { readonly code: 'too_small' | 'too_big' }>;

/** Of a number its value is wrong, of a list or a string how long it is. */
function outOfBounds(subject: string, issue: OutOfBounds): Pick<Fault, 'problem' | 'fix'> {
  const { input } = issue;
  const [bound, side] =
    issue.code === 'too_small'
      ? [issue.minimum, issue.inclusive === true ? 'at least' : 'more than']
      : [issue.maximum, issue.inclusive === true ? 'at most' : 'less than'];
  const counted = (count: number | bigint, one: string): string => `${count} ${one}${Number(count) === 1 ? '' : 's'}`;
  if (Array.isArray(input) || typeof input === 'string') {
    const one = typeof input === 'string' ? 'character' : 'item';
    const problem = input.length === 0 ? `${subject} is empty` : `${subject} has ${counted(input.length, one)}`;
    return { problem, fix: `write ${side} ${counted(bound, one)}` };
  }
  return { problem: `${subject} is ${describe(input)}`, fix: `write a number of ${side} ${bound}` };
}

function unknownKey(path: readonly PropertyKey[], key: string): Pick<Fault, 'problem' | 'fix'> {
  const known = keysAt(path);
  const guess = nearest(key, known);
  const where = path.length === 0 ? '' : ` in ${path.map(String).join('.')}`;
  return {
    problem: `unknown key "${key}"${where}`,
    fix: guess === undefined ? `remove it, or use one of ${known.join(', ')}` : `write "${guess}", or remove it`,
  };
}

/** A value as a person would call it, from YAML's point of view. */
function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? `the ${typeof value} ${value}` : `a ${typeof value}`;
}

function cureOfType(expected: string, input: unknown): string {
  if (input === null) return 'give it a value, or leave the key out to have the default';
  switch (expected) {
    case 'string':
      return typeof input === 'object' ? 'write a string' : 'put it in quotes';
    case 'array':
      return 'write a list: one item a line, each behind "- "';
    case 'int':
      return 'write a whole number';
    case 'number':
      return 'write a number without quotes';
    default:
      return 'write keys and values below it';
  }
}
