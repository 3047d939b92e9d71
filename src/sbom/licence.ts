import parseExpression from 'spdx-expression-parse';

/** Longer ones are texts, not expressions. */
const LONGEST = 500;

/** Whether a declared licence is an expression of SPDX with identifiers that SPDX knows, such as `MIT OR Apache-2.0`. */
export function isSpdxExpression(licence: string): boolean {
  if (licence.length > LONGEST) return false;
  try {
    parseExpression(licence);
    return true;
  } catch {
    return false;
  }
}
