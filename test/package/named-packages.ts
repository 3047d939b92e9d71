/** Finds what a text asks a public registry for: the names in commands, `image:` fields and FROM lines. */

export type Registry = 'npm' | 'PyPI' | 'image' | 'chart' | 'krew';

export interface Asked {
  readonly registry: Registry;
  readonly name: string;
  /** Of the text, from 1. */
  readonly line: number;
}

interface Command {
  readonly registry: Registry;
  /** Of the words before the names. */
  readonly pattern: RegExp;
  /** Which of the words that follow are names; all, unless it says otherwise. */
  readonly words?: 'first' | 'second';
}

const COMMANDS: readonly Command[] = [
  { registry: 'npm', pattern: /\b(?:npx|bunx|npm exec|npm x|pnpm dlx|yarn dlx)\b/g, words: 'first' },
  { registry: 'npm', pattern: /\b(?:npm (?:install|i|add)|(?:yarn|pnpm|bun) add)\b/g },
  { registry: 'PyPI', pattern: /\b(?:pip3? (?:install|download)|uv add)\b/g },
  { registry: 'PyPI', pattern: /\b(?:uvx|pipx (?:run|install)|uv tool (?:run|install))\b/g, words: 'first' },
  { registry: 'image', pattern: /\b(?:docker|podman|nerdctl) (?:run|pull)\b/g, words: 'first' },
  { registry: 'image', pattern: /^FROM\b/gm, words: 'first' },
  { registry: 'image', pattern: /--image[ =]/g, words: 'first' },
  { registry: 'chart', pattern: /\bhelm (?:install|upgrade|template)\b/g, words: 'second' },
  { registry: 'chart', pattern: /\bhelm (?:pull|show \w+)\b/g, words: 'first' },
  { registry: 'krew', pattern: /\bkrew install\b/g },
];

/** Options that have a value of their own, which is no name. */
const WITH_VALUE =
  /^(?:-n|-f|-p|-t|--namespace|--version|--values|--set|--prefix|--save-prefix|--requirements?|-r|--platform|--registry|--config|--index-url|--manifest)$/;

/** Where a command ends: the shell's own signs, quotes of code, the end of a sentence. */
const END = /[\n`"'|;&<>()[\]{},]|\.\s|\.$|:\s|\s#|$/;

/** A sentence about a command, not the command. */
const PROSE = / (?:a|an|and|it|nothing|or|so|something|than|that|the|to|with|without) /;

/** What is not a name in a registry: files, variables, names to be filled in, hosts for examples (RFC 2606). */
const isElsewhere = (word: string): boolean =>
  /^(?:auto|scratch)$|^(?:\.|\/|~|\$|file:|https?:|git\+|deploy\/|-)|\.tgz$|\.whl$/.test(word) ||
  !/[a-z]/.test(word.replace(/(.)[@:=].*$/s, '$1')) ||
  /(?:^|\.)example(?:\.(?:com|org|net))?(?:[:/]|$)/.test(word);

/** @param form YAML has images in fields; in code `image:` is a property of anything */
export function askedIn(text: string, form: 'yaml' | 'other' = 'yaml'): readonly Asked[] {
  // A shell's line that goes on is one line.
  const joined = text.replaceAll(/\\\n\s*/g, (gap) => ' '.repeat(gap.length));
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length;
  // Of a Dockerfile: a later FROM may name one.
  const stages = new Set(Array.from(joined.matchAll(/^FROM .* AS (\S+)$/gm), ([, name]) => name));
  const commands = COMMANDS.flatMap(({ registry, pattern, words }) =>
    [...joined.matchAll(pattern)].flatMap((found): readonly Asked[] => {
      const rest = joined.slice(found.index + found[0].length);
      const command = rest.slice(0, END.exec(rest)?.index);
      if (words === undefined && PROSE.test(`${command} `)) return [];
      const names = namesIn(command);
      const chosen = words === 'first' ? names.slice(0, 1) : words === 'second' ? names.slice(1, 2) : names;
      return chosen
        .filter((word) => !isElsewhere(word) && !stages.has(word))
        .map((word) => ({ registry, name: bare(registry, word), line: lineAt(found.index) }));
    }),
  );
  return [...commands, ...imagesIn(text, form, lineAt)];
}

function namesIn(words: string): readonly string[] {
  const all = words.split(/\s+/).filter((word) => word !== '');
  return all.filter((word, index) => !word.startsWith('-') && !WITH_VALUE.test(all[index - 1] ?? ''));
}

/** `image: NAME` in YAML, and references with the host of a public registry anywhere. */
function imagesIn(text: string, form: 'yaml' | 'other', lineAt: (index: number) => number): readonly Asked[] {
  const fields = /^[ \t]*(?:- )?image: +['"]?([^\s'"{},#]+)/gm;
  const hosted = /\b(?:docker\.io|ghcr\.io|quay\.io|gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com)\/[a-z0-9][\w./-]*/g;
  return [...(form === 'yaml' ? text.matchAll(fields) : []), ...text.matchAll(hosted)]
    .map((found) => ({ word: found[1] ?? found[0], line: lineAt(found.index) }))
    .filter(({ word }) => !isElsewhere(word))
    .map(({ word, line }) => ({ registry: 'image', name: bare('image', word), line }));
}

/** Without the version. */
function bare(registry: Registry, word: string): string {
  if (registry === 'PyPI') return word.replace(/[[=<>~!;@].*$/s, '');
  if (registry === 'image')
    return word
      .replace(/@.*$/s, '')
      .replace(/:[^/:]*$/, '')
      .replace(/[./]+$/, '');
  if (registry === 'chart') return word;
  return word.replace(/(.)@.*$/s, '$1');
}
