/** Denied versions in the configuration's file: `dependencies.denied`. */
import * as z from 'zod';
import { ECOSYSTEMS } from '../denied/languages.ts';
import { LONGEST_NAME, LONGEST_REASON } from '../denied/entry.ts';
import { languageNames } from '../function/languages.ts';

/** More are for files in the OSV format. */
const MOST_ENTRIES = 1000;
const LONGEST_RANGE = 256;

const versionsOf = (language: string): z.ZodType<string> =>
  z
    .string()
    .max(LONGEST_RANGE)
    .superRefine((text, context) => {
      const ecosystem = ECOSYSTEMS.find(language);
      if (ecosystem === undefined || text === '*' || ecosystem.readRange(text) !== undefined) return;
      const fix = `write versions such as "${ecosystem.exampleRange}", or "*" for every one`;
      context.addIssue({ code: 'custom', message: `"${text}" is not a range of versions`, params: { fix } });
    });

export const DENIED = z
  .strictObject(
    Object.fromEntries(
      languageNames().map((language) => [
        language,
        z
          .array(
            z.strictObject({
              name: z.string().min(1).max(LONGEST_NAME),
              versions: versionsOf(language).optional(),
              reason: z.string().min(1).max(LONGEST_REASON),
            }),
          )
          .superRefine((entries, context) => {
            if (entries.length <= MOST_ENTRIES) return;
            const fix = `write at most ${MOST_ENTRIES} entries per file; put the others into further files, or into a JSON file in the OSV format`;
            context.addIssue({ code: 'custom', message: `${language} has ${entries.length} entries`, params: { fix } });
          })
          .meta({ maxItems: MOST_ENTRIES })
          .nullable()
          .optional(),
      ]),
    ),
  )
  .nullable()
  .optional();
