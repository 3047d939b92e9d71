import type { Word } from './words.ts';

/** Options that pip understands in a requirements file (SUPPORTED_OPTIONS and SUPPORTED_OPTIONS_REQ of its req_file.py). */
type OptionName = (typeof OPTIONS)[number]['name'];

/** One option as it is used, with the offset of its word. */
export interface Option {
  readonly name: OptionName;
  /** Empty for a flag. */
  readonly value: string;
  readonly offset: number;
}

interface OptionSpec {
  readonly name: string;
  readonly forms: readonly string[];
  readonly flag?: true;
}

// Of pip 24 to 26, so that an image's older or newer pip is read alike.
const OPTIONS = [
  { name: 'index-url', forms: ['-i', '--index-url', '--pypi-url'] },
  { name: 'extra-index-url', forms: ['--extra-index-url'] },
  { name: 'no-index', forms: ['--no-index'], flag: true },
  { name: 'constraint', forms: ['-c', '--constraint'] },
  { name: 'requirement', forms: ['-r', '--requirement'] },
  { name: 'editable', forms: ['-e', '--editable'] },
  { name: 'find-links', forms: ['-f', '--find-links'] },
  { name: 'no-binary', forms: ['--no-binary'] },
  { name: 'only-binary', forms: ['--only-binary'] },
  { name: 'prefer-binary', forms: ['--prefer-binary'], flag: true },
  { name: 'require-hashes', forms: ['--require-hashes'], flag: true },
  { name: 'no-require-hashes', forms: ['--no-require-hashes'], flag: true },
  { name: 'pre', forms: ['--pre'], flag: true },
  { name: 'all-releases', forms: ['--all-releases'] },
  { name: 'only-final', forms: ['--only-final'] },
  { name: 'trusted-host', forms: ['--trusted-host'] },
  { name: 'use-feature', forms: ['--use-feature'] },
  { name: 'global-option', forms: ['--global-option'] },
  { name: 'hash', forms: ['--hash'] },
  { name: 'config-settings', forms: ['-C', '--config-settings', '--config-setting'] },
] as const satisfies readonly OptionSpec[];

type Spec = OptionSpec & { readonly name: OptionName };

const BY_FORM = new Map<string, Spec>(OPTIONS.flatMap((spec) => spec.forms.map((form) => [form, spec] as const)));
const LONG_FORMS = [...BY_FORM.keys()].filter((form) => form.startsWith('--'));

interface Problem {
  readonly problem: string;
  readonly offset: number;
}

/**
 * Reads options as Python's `optparse`, which pip uses: `--name value`, `--name=value`, `-r FILE`, `-rFILE`, and long names
 * cut short as long as only one begins so.
 *
 * @returns the options, or the first that pip would not take; words that are not options are ignored, as by pip
 */
export function readOptions(words: readonly Word[]): readonly Option[] | Problem {
  const options: Option[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word.text === '--') break;
    if (!word.text.startsWith('-') || word.text === '-') continue;
    const { offset } = word;
    const { form, attached } = separate(word.text);
    const spec = form.startsWith('--')
      ? findLong(form)
      : (BY_FORM.get(form) ?? `pip has no option ${form} in a requirements file`);
    if (typeof spec === 'string') return { problem: spec, offset };
    if (spec.flag === true) {
      // No flag has a short form, so what is attached came with "=".
      if (attached !== undefined) return { problem: `the option --${spec.name} takes no value`, offset };
      options.push({ name: spec.name, value: '', offset });
      continue;
    }
    // optparse takes the next word even where it begins with "-".
    const value = attached ?? words[(index += 1)]?.text;
    if (value === undefined) return { problem: `the option --${spec.name} needs a value`, offset };
    options.push({ name: spec.name, value, offset });
  }
  return options;
}

function separate(word: string): { readonly form: string; readonly attached: string | undefined } {
  if (!word.startsWith('--')) return { form: word.slice(0, 2), attached: word.length > 2 ? word.slice(2) : undefined };
  const equals = word.indexOf('=');
  return equals === -1
    ? { form: word, attached: undefined }
    : { form: word.slice(0, equals), attached: word.slice(equals + 1) };
}

function findLong(form: string): Spec | string {
  const exact = BY_FORM.get(form);
  if (exact !== undefined) return exact;
  const begun = new Set(LONG_FORMS.filter((long) => long.startsWith(form)).map((long) => BY_FORM.get(long)));
  const [only] = begun;
  if (only === undefined) return `pip has no option ${form} in a requirements file`;
  return begun.size === 1
    ? only
    : `the option ${form} could be any of ${[...begun].map((spec) => `--${spec?.name ?? ''}`).join(', ')}`;
}
