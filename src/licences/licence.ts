/** One licence of an expression. */
export interface Licence {
  /** As SPDX writes it, with `+` and exception. */
  readonly text: string;
  /** Without its version: `GPL` of `GPL-2.0-or-later`; the identifier if that has no version. */
  readonly family: string;
  /** Empty if the identifier has none. */
  readonly version: readonly number[];
  /** Whether later versions may be chosen as well. */
  readonly orLater: boolean;
  /** What is behind `WITH`; empty without it. */
  readonly exception: string;
}

/** As the parser gives it. */
interface ParsedLicence {
  readonly license: string;
  readonly plus?: true | undefined;
  readonly exception?: string;
}

const OR_LATER = '-or-later';
const ONLY = '-only';
const VERSION = /^\d+(?:\.\d+)+$/;

export function licenceOf({ license, plus, exception = '' }: ParsedLicence): Licence {
  const text = `${license}${plus === true ? '+' : ''}${exception === '' ? '' : ` WITH ${exception}`}`;
  // Names that somebody chose; a version in them means nothing.
  if (license.includes('Ref-')) return { text, family: license, version: [], orLater: false, exception };
  const orLater = plus === true || license.endsWith(OR_LATER);
  const identifier = [OR_LATER, ONLY].reduce(
    (name, suffix) => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name),
    license,
  );
  const at = identifier.lastIndexOf('-');
  const version = identifier.slice(at + 1);
  if (at === -1 || !VERSION.test(version)) return { text, family: identifier, version: [], orLater, exception };
  return { text, family: identifier.slice(0, at), version: version.split('.').map(Number), orLater, exception };
}

/** Whether two licences have a version in common: `GPL-2.0-or-later` has one with `GPL-3.0-only`, and not with `GPL-1.0-only`. */
export function overlap(one: Licence, other: Licence): boolean {
  if (one.family !== other.family || one.exception !== other.exception) return false;
  const order = compare(one.version, other.version);
  if (order === 0 || (one.orLater && other.orLater)) return true;
  return order < 0 ? one.orLater : other.orLater;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
