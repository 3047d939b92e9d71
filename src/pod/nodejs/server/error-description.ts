/**
 * What the log says about an error or another value that was thrown. It may be hostile: getters that throw, proxies, cycles,
 * megabytes. So every property is read with care, nothing of the value's own is called, and everything has a limit.
 */
import { inspect, types } from 'node:util';
import { propertyOf } from './originals.ts';

/** What a line of the log has room for. */
const LONGEST_TEXT = 16_384;
const DEEPEST = 4;
const MOST_ERRORS = 10;
const MOST_PROPERTIES = 20;

/** Properties of an error that have a place of their own, or none. */
const NAMED = new Set(['name', 'message', 'stack', 'cause', 'errors']);

const show = inspect;
const { isNativeError } = types;
const OwnError = Error;
const { getOwnPropertyDescriptor, keys } = Object;
const { isArray } = Array;

export type ErrorDescription = string | DescribedError;

export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: ErrorDescription;
  /** Of an AggregateError. */
  readonly errors?: readonly ErrorDescription[];
  /** `code`, `detail` and what else the error has. */
  readonly [property: string]: unknown;
}

/** A thrown value as the log shows it: an error with its properties, everything else as text. Never throws. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!isError(error)) return textOf(error);
  const name = read(error, 'name', 'Error');
  const message = read(error, 'message', '');
  const described: Record<string, unknown> = { name, message, stack: traceOf(error) };
  describeProperties(error, described);
  const cause = property(error, 'cause');
  if (cause !== undefined && depth < DEEPEST) described.cause = describeError(cause, depth + 1);
  const errors = depth < DEEPEST ? describeAll(property(error, 'errors'), depth + 1) : undefined;
  if (errors !== undefined) described.errors = errors;
  return { ...described, name, message, stack: traceOf(error) };
}

/** The trace of an error as a developer reads it; what else was thrown as text. Never throws. */
export function traceOf(error: unknown): string {
  if (!isError(error)) return `thrown: ${textOf(error)}`;
  return read(error, 'stack', '') || `${read(error, 'name', 'Error')}: ${read(error, 'message', '')}`;
}

/** A thrown value as text: strings as they are, objects with their properties. Never throws. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return cut(value);
  try {
    return cut(
      show(value, {
        depth: 3,
        // Neither what the value brings to be inspected by, nor its getters, nor a proxy's traps.
        customInspect: false,
        getters: false,
        showProxy: false,
        maxArrayLength: MOST_PROPERTIES,
        maxStringLength: LONGEST_TEXT,
        breakLength: Infinity,
      }),
    );
  } catch {
    return 'a value that cannot be shown';
  }
}

/** Also an error of another realm (`node:vm`). A proxy may throw when it is asked. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  if (isNativeError(value)) return true;
  try {
    return value instanceof OwnError;
  } catch {
    return false;
  }
}

function describeProperties(error: object, described: Record<string, unknown>): void {
  try {
    let left = MOST_PROPERTIES;
    for (const name of keys(error)) {
      if (NAMED.has(name)) continue;
      if (left === 0) break;
      left -= 1;
      const value = property(error, name);
      described[cut(name)] = isPlain(value) ? value : textOf(value);
    }
  } catch {
    // A proxy that does not say what it has.
  }
}

/** @returns undefined for what is not a list, or a proxy that does not let itself be read */
function describeAll(errors: unknown, depth: number): ErrorDescription[] | undefined {
  try {
    if (!isArray(errors)) return undefined;
    const described: ErrorDescription[] = [];
    for (let index = 0; index < Math.min(errors.length, MOST_ERRORS); index += 1) {
      described[index] = describeError(property(errors, String(index)), depth);
    }
    return described;
  } catch {
    return undefined;
  }
}

/** What JSON has a value for. */
const isPlain = (value: unknown): value is number | boolean | null =>
  value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

function read(of: object, name: string, otherwise: string): string {
  const value = property(of, name);
  return typeof value === 'string' ? cut(value) : otherwise;
}

/** A property, inherited ones and getters included; undefined if it cannot be read. */
function property(of: object, name: string): unknown {
  try {
    const own = getOwnPropertyDescriptor(of, name);
    return own !== undefined && 'value' in own ? own.value : propertyOf(of, name);
  } catch {
    return undefined;
  }
}

const cut = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}... (${text.length} characters)` : text;
