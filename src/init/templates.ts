/** The templates of `buildless init`: what a new Function begins as. */
import { LANGUAGES, type Language } from '../function/languages.ts';
import type { RuntimeCatalogue } from '../function/runtimes.ts';

export interface Template {
  readonly name: string;
  /** For `--help`. */
  readonly what: string;
  readonly language: Language;
  /** If no runtime is given. */
  readonly runtime: string;
  /** Files of the folder of its name in templates/ that run in the cluster. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** Runs on a schedule instead of answering requests. */
  readonly schedule?: { readonly cron: string; readonly command: readonly string[] };
  /** Whether the code has types to be checked by `tsc`. */
  readonly typed?: true;
}

/* eslint-disable no-restricted-syntax -- the language of a template is a fact about its files */
export const TEMPLATES: readonly Template[] = [
  {
    name: 'http',
    what: 'answers requests, in JavaScript',
    language: 'nodejs',
    runtime: 'nodejs22',
    code: ['handler.js'],
    tests: ['handler.test.js'],
  },
  {
    name: 'cloud-event',
    what: 'takes a CloudEvent and emits another, in JavaScript',
    language: 'nodejs',
    runtime: 'nodejs22',
    code: ['handler.js'],
    tests: ['handler.test.js'],
  },
  {
    name: 'cron',
    what: 'runs on a schedule (CronJob), in JavaScript',
    language: 'nodejs',
    runtime: 'nodejs22',
    code: ['job.js'],
    tests: ['job.test.js'],
    schedule: { cron: '0 6 * * 1-5', command: ['node', 'job.js'] },
  },
  {
    name: 'typescript',
    what: 'answers requests, in TypeScript, without a build',
    language: 'nodejs',
    runtime: 'nodejs22',
    code: ['handler.ts'],
    tests: ['handler.test.js'],
    typed: true,
  },
  {
    name: 'python',
    what: 'answers requests, in Python',
    language: 'python',
    runtime: 'python312',
    code: ['handler.py'],
    tests: ['test_handler.py'],
  },
];
/* eslint-enable no-restricted-syntax */

export interface ChosenTemplate {
  readonly template: Template;
  readonly runtime: string;
}

/** @param given with `--template` and `--runtime` */
export function chooseTemplate(
  given: { readonly template?: string | undefined; readonly runtime?: string | undefined },
  catalogue: RuntimeCatalogue,
): ChosenTemplate | { readonly problem: string; readonly fix: string } {
  const runtime = given.runtime === undefined ? undefined : catalogue[given.runtime];
  if (given.runtime !== undefined && runtime === undefined)
    return { problem: `unknown runtime "${given.runtime}"`, fix: `choose one of ${Object.keys(catalogue).join(', ')}` };
  const template = TEMPLATES.find(({ name, language }) =>
    given.template === undefined ? language === (runtime?.language ?? language) : name === given.template,
  );
  if (template === undefined)
    return {
      problem:
        given.template === undefined
          ? 'no template has the language of this runtime'
          : `unknown template "${given.template}"`,
      fix: `choose one of ${TEMPLATES.map(({ name }) => name).join(', ')} with --template`,
    };
  if (runtime !== undefined && runtime.language !== template.language) {
    const titles = [template.language, runtime.language].map((language) => LANGUAGES.of(language).title);
    return {
      problem: `the template ${template.name} is in ${titles[0] ?? ''}, and ${given.runtime ?? ''} runs ${titles[1] ?? ''}`,
      fix: 'choose another runtime, or another template',
    };
  }
  const chosen = given.runtime ?? template.runtime;
  return { template, runtime: chosen };
}
