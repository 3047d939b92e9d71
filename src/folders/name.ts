import path from 'node:path';
import type { Problem } from '../outcome/problem.ts';

/** A DNS label, as a Function's name and a Service's must be (RFC 1035: it begins with a letter). */
const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The name of the Function that a folder is.
 *
 * @param given by the user
 * @example functionNameOf('functions/Shop_Orders', undefined) // 'shop-orders'
 */
export function functionNameOf(folder: string, given: string | undefined): string | Problem {
  if (given !== undefined) {
    return NAME.test(given)
      ? given
      : {
          problem: `"${given}" cannot be the name of a Function`,
          fix: 'use at most 63 lower-case letters, digits and "-"; begin with a letter',
        };
  }
  const last = path.basename(path.resolve(folder));
  const name = last
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter((part) => part !== '')
    .join('-');
  return NAME.test(name)
    ? name
    : {
        file: folder,
        problem: `the folder's name "${last}" cannot become the name of a Function`,
        fix: 'rename the folder, or give the name with --name',
      };
}
