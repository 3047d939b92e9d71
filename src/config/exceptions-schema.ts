/** Exceptions with an end in the configuration's file: `dependencies.exceptions`. */
import * as z from 'zod';
import { LONGEST_REASON } from '../denied/entry.ts';
import { EXCEPTABLE_CODES, isExceptable, whyNever } from '../exceptions/codes.ts';
import { EVERY_FUNCTION, isDay } from '../exceptions/exception.ts';
import { REFUSALS, WARNINGS } from '../outcome/codes.ts';
import { nearest } from '../outcome/nearest.ts';

/** Each is a time series of the metrics. */
const MOST_EXCEPTIONS = 200;
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** A name of npm or PyPI. */
const PACKAGE = /^(?=.{1,214}$)(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/)?[A-Za-z0-9~_-][A-Za-z0-9._~-]*$/;

interface Wrong {
  readonly problem: string;
  readonly fix: string;
}

const text = (wrongOf: (value: string) => Wrong | undefined): z.ZodType<string> =>
  z.string().superRefine((value, context) => {
    const wrong = wrongOf(value);
    if (wrong !== undefined) {
      context.addIssue({ code: 'custom', message: wrong.problem, params: { fix: wrong.fix } });
    }
  });

const shown = (value: string): string => `"${value.slice(0, 100)}"`;

const namespace = text((value) =>
  DNS_LABEL.test(value)
    ? undefined
    : {
        problem: `${shown(value)} is not the name of a namespace`,
        fix: 'write one namespace; what all of them may do is for dependencies.enforce',
      },
);

const functionName = text((value) =>
  value === EVERY_FUNCTION || DNS_LABEL.test(value)
    ? undefined
    : {
        problem: `${shown(value)} is not the name of a Function`,
        fix: 'write one name, or "*" (with quotes) for every Function of the namespace',
      },
);

const packageName = text((value) =>
  PACKAGE.test(value)
    ? undefined
    : { problem: `${shown(value)} is not the name of a package`, fix: 'write one name in full, such as "@shop/cart"' },
);

const code = text((value) => {
  if (isExceptable(value)) return undefined;
  const codes = EXCEPTABLE_CODES.join(', ');
  if (Object.hasOwn(REFUSALS, value)) {
    return { problem: `${shown(value)} cannot be lifted, because ${whyNever(value)}`, fix: `use one of ${codes}` };
  }
  const guess = nearest(value, EXCEPTABLE_CODES);
  const isWarning = Object.hasOwn(WARNINGS, value);
  return {
    problem: isWarning ? `${shown(value)} refuses nothing` : `${shown(value)} is not a code of a finding`,
    fix: guess === undefined ? `use one of ${codes}` : `write ${guess}`,
  };
});

const reason = text((value) =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  value.trim() !== '' && value.length <= LONGEST_REASON && !/[\u0000-\u001f\u007f]/.test(value)
    ? undefined
    : {
        problem: `the reason has ${value.length} characters, or a line break`,
        fix: `write who answers for it and why on one line of at most ${LONGEST_REASON} characters, such as a ticket`,
      },
);

const until = text((value) =>
  isDay(value)
    ? undefined
    : {
        problem: `${shown(value)} is not a day`,
        fix: 'write the last day on which it applies as YYYY-MM-DD, such as 2027-01-31',
      },
);

export const EXCEPTIONS = z
  .array(z.strictObject({ namespace, function: functionName, package: packageName, code, reason, until }))
  .max(MOST_EXCEPTIONS)
  .nullable()
  .optional();
