/** The templates of `buildless init`: what a new Function begins as. */
import { LANGUAGES, type Language } from '../function/languages.ts';
import type { RuntimeCatalogue } from '../function/runtimes.ts';

export interface Template {
  readonly name: string;
  /** Below templates/. */
  readonly folder: string;
  /** For `--help`. */
  readonly what: string;
  readonly language: Language;
  /** What its files are written in. */
  readonly writtenIn: 'JavaScript' | 'TypeScript' | 'Python';
  /** If no runtime is given. */
  readonly runtime: string;
  /** Files of its folder that run in the cluster. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** Runs a file on a schedule, by the interpreter of the runtime, instead of answering requests. */
  readonly schedule?: { readonly cron: string; readonly file: string };
  /** Whether the code has types to be checked by `tsc`. */
  readonly typed?: true;
}

/* eslint-disable no-restricted-syntax -- the language of a template is a fact about its files */
/** Also known as `python`. */
const HTTP_IN_PYTHON: Template = {
  name: 'http',
  folder: 'python',
  what: 'answers requests',
  language: 'python',
  writtenIn: 'Python',
  runtime: 'python312',
  code: ['handler.py'],
  tests: ['test_handler.py'],
};

/** A name that several have is one template in several languages. */
export const TEMPLATES: readonly Template[] = [
  {
    name: 'http',
    folder: 'http',
    what: 'answers requests',
    language: 'nodejs',
    writtenIn: 'JavaScript',
    runtime: 'nodejs22',
    code: ['handler.js'],
    tests: ['handler.test.js'],
  },
  {
    name: 'cloud-event',
    folder: 'cloud-event',
    what: 'takes a CloudEvent and emits another',
    language: 'nodejs',
    writtenIn: 'JavaScript',
    runtime: 'nodejs22',
    code: ['handler.js'],
    tests: ['handler.test.js'],
  },
  {
    name: 'cron',
    folder: 'cron',
    what: 'runs on a schedule (CronJob)',
    language: 'nodejs',
    writtenIn: 'JavaScript',
    runtime: 'nodejs22',
    code: ['job.js'],
    tests: ['job.test.js'],
    schedule: { cron: '0 6 * * 1-5', file: 'job.js' },
  },
  {
    name: 'typescript',
    folder: 'typescript',
    what: 'answers requests, without a build',
    language: 'nodejs',
    writtenIn: 'TypeScript',
    runtime: 'nodejs22',
    code: ['handler.ts'],
    tests: ['handler.test.js'],
    typed: true,
  },
  { ...HTTP_IN_PYTHON, name: 'python' },
  HTTP_IN_PYTHON,
  {
    name: 'cloud-event',
    folder: 'cloud-event-python',
    what: 'takes a CloudEvent and emits another',
    language: 'python',
    writtenIn: 'Python',
    runtime: 'python312',
    code: ['handler.py'],
    tests: ['test_handler.py'],
  },
  {
    name: 'cron',
    folder: 'cron-python',
    what: 'runs on a schedule (CronJob)',
    language: 'python',
    writtenIn: 'Python',
    runtime: 'python312',
    code: ['job.py'],
    tests: ['test_job.py'],
    schedule: { cron: '0 6 * * 1-5', file: 'job.py' },
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
  const named = TEMPLATES.filter(({ name }) => given.template === undefined || name === given.template);
  const template = named.find(({ language }) => language === (runtime?.language ?? language));
  if (template !== undefined) return { template, runtime: given.runtime ?? template.runtime };
  const [first] = named;
  if (given.template === undefined || first === undefined)
    return {
      problem:
        given.template === undefined
          ? 'no template has the language of this runtime'
          : `unknown template "${given.template}"`,
      fix: `choose one of ${templateNames().join(', ')} with --template`,
    };
  const titles = [first.language, runtime?.language ?? first.language].map((language) => LANGUAGES.of(language).title);
  return {
    problem: `the template ${first.name} is in ${titles[0] ?? ''}, and ${given.runtime ?? ''} runs ${titles[1] ?? ''}`,
    fix: 'choose another runtime, or another template',
  };
}

export const templateNames = (): readonly string[] => [...new Set(TEMPLATES.map(({ name }) => name))];

/** For `--help`: each template once, with the languages that it is in. */
export const describedTemplates = (): readonly { readonly name: string; readonly what: string }[] =>
  templateNames().map((name) => {
    const own = TEMPLATES.filter((each) => each.name === name);
    return { name, what: `${own[0]?.what ?? ''}, in ${own.map(({ writtenIn }) => writtenIn).join(' or ')}` };
  });
