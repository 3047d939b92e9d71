import { createHash } from 'node:crypto';
import type { Bill } from './bill.ts';

/**
 * A UUID that is the same for the same bill, and for no other: version 8 of RFC 9562, of the digest of all that it says.
 */
export function uuidOf(bill: Bill): string {
  const digits = createHash('sha256').update(JSON.stringify(bill)).digest('hex').slice(0, 32);
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16);
  const text = `${digits.slice(0, 12)}8${digits.slice(13, 16)}${variant}${digits.slice(17)}`;
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
