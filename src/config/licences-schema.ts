/** Licences in the configuration's file: `dependencies.licences`. */
import correct from 'spdx-correct';
import * as z from 'zod';
import { parseExpression } from '../licences/expression.ts';
import { identifierOf, IDENTIFIERS } from '../licences/identifier.ts';
import { UNKNOWN_LICENCES } from '../licences/policy.ts';
import { nearest } from '../outcome/nearest.ts';

const MOST_LICENCES = 500;
/** Longer ones are not compared with the known ones. */
const LONGEST = 100;
const ANY = 'write an identifier of https://spdx.org/licenses, such as MIT or Apache-2.0';

const licence = z.string().superRefine((text, context) => {
  const parsed = parseExpression(text);
  if (parsed !== undefined && !('operator' in parsed)) return;
  const [message, fix] =
    parsed === undefined
      ? [`"${text.slice(0, LONGEST)}" is not a licence that SPDX knows`, fixOf(text)]
      : [`"${text}" has several licences`, 'write each licence as an item of its own'];
  context.addIssue({ code: 'custom', message, params: { fix } });
});

/** For a person who meant one: `GPLv3`, `Apache 2`. */
function fixOf(text: string): string {
  if (text.length > LONGEST) return ANY;
  const guess = identifierOf(text) ?? nearest(text, IDENTIFIERS) ?? corrected(text);
  return guess === undefined ? ANY : `write "${guess}"`;
}

const corrected = (text: string): string | undefined =>
  text.trim() === '' ? undefined : (correct(text, { upgrade: true }) ?? undefined);

/** @param exception the schema for the name of a package, or for the beginning of names */
export const licences = (exception: z.ZodType<string>) =>
  z
    .strictObject({
      allowed: z.array(licence).max(MOST_LICENCES).nullable().optional(),
      refused: z.array(licence).max(MOST_LICENCES).nullable().optional(),
      unknown: z.enum(UNKNOWN_LICENCES).optional(),
      exceptions: z.array(exception).max(MOST_LICENCES).nullable().optional(),
    })
    .nullable()
    .optional();
