/** Names of the ConfigMaps that hold revisions: `BASE-HEX`, where HEX begins the digest of what is in them. */
import { createHash } from 'node:crypto';

/** Digits of a digest in a name; more if the name is taken by another object. */
export const SHORTEST_HEX = 10;
/** The base is also the value of a label. */
const LONGEST_BASE = 63;
const HEX_OF_LONG_NAME = 10;

/**
 * The first part of a revision's name: the name of its source, or one made of it that a label can hold.
 *
 * @param source a DNS subdomain: the name of a ConfigMap or of a Function
 */
export function baseOf(source: string): string {
  if (source.length <= LONGEST_BASE) return source;
  const hex = createHash('sha256').update(source).digest('hex').slice(0, HEX_OF_LONG_NAME);
  let end = LONGEST_BASE - HEX_OF_LONG_NAME - 1;
  while (end > 0 && !isAlphanumeric(source.charAt(end - 1))) end -= 1;
  return `${source.slice(0, end)}-${hex}`;
}

const isAlphanumeric = (character: string): boolean => /^[a-z0-9]$/.test(character);

/**
 * @param digest `sha256:` and 64 hexadecimal digits
 * @param digits of it that are in the name
 */
export const revisionName = (base: string, digest: string, digits = SHORTEST_HEX): string =>
  `${base}-${digest.slice(digest.indexOf(':') + 1).slice(0, digits)}`;

export interface RevisionName {
  readonly base: string;
  /** What the digest of the content begins with. */
  readonly hex: string;
}

const BASE = /^(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const HEX = /^[0-9a-f]{10,64}$/;

/** @returns undefined for what is not the name of a revision */
export function parseRevisionName(name: string): RevisionName | undefined {
  const dash = name.lastIndexOf('-');
  const [base, hex] = [name.slice(0, Math.max(dash, 0)), name.slice(dash + 1)];
  return BASE.test(base) && HEX.test(hex) ? { base, hex } : undefined;
}

/** Whether a digest is the one that a name stands for. */
export const isNamedBy = (digest: string, name: string): boolean => {
  const parsed = parseRevisionName(name);
  return parsed !== undefined && digest.startsWith(`sha256:${parsed.hex}`);
};
