import type { Configuration } from '../config/configuration.ts';
import type { Budget } from '../dependencies/budget.ts';
import { judgeSource, tooComplex } from '../dependencies/judge.ts';
import { listed } from '../dependencies/listed.ts';
import type { DependencyFinding } from '../dependencies/policy.ts';
import { settingsOf, type DependencySettings } from '../dependencies/settings.ts';
import { encodeContents, type SourceContents } from '../denied/contents.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { installFacts, unknownFacts, type InstallFacts } from '../installers/facts.ts';
import type { Finding } from '../outcome/finding.ts';

/** What a source is judged for. */
export interface JudgementBasis {
  readonly language: Language;
  /** Of the language: all that the configuration has, so that one judgement serves every runtime. */
  readonly versions: readonly string[];
  readonly settings: DependencySettings;
}

export interface SourceQuestion {
  /** Whose work it is: work is shared fairly between namespaces. */
  readonly namespace: string;
  readonly files: SourceFiles;
  /** Stands for the files. */
  readonly digest: string;
  readonly basis: JudgementBasis;
}

/** All that admission wants to know of a source. */
export interface SourceFacts extends InstallFacts {
  /** Of every level, the first ones of each; see `listed`. */
  readonly findings: readonly DependencyFinding[];
  /** The packages that it fixes, to be held against what is denied; absent if there are none. */
  readonly contents?: SourceContents;
}

/** In place of an answer: there is more to do now than can be done in time. */
export class TooBusy {
  /** @param reason for a sentence, e.g. `the namespace has 16 sources waiting` */
  constructor(readonly reason: string) {}
}

/** Judges a source, or says why not now. Never rejects for what is in the source. */
export type SourceJudge = (question: SourceQuestion) => Promise<SourceFacts | TooBusy>;

/** For the answer to one review; a person reads the first ones. */
const MOST_FINDINGS = 50;
/** For a report in a pipeline. */
const MOST_FINDINGS_OFFLINE = 1000;

/** Judges a source here and now. Pure. */
export function judge(
  files: SourceFiles,
  { language, versions, settings }: JudgementBasis,
  { mostFindings = MOST_FINDINGS, budget }: { readonly mostFindings?: number; readonly budget?: Budget } = {},
): SourceFacts {
  const { findings, reading, contents: packages = [] } = judgeSource(files, language, settings, budget);
  if (findings.some(isTooComplex)) return { findings, ...unknownFacts(language, versions, TOO_COMPLEX) };
  const contents = encodeContents(packages, language);
  return {
    findings: listed(findings, mostFindings),
    ...(contents !== undefined && { contents }),
    ...installFacts(files, language, versions, reading),
  };
}

const TOO_COMPLEX = 'the dependency files are too complex';

export const isTooComplex = ({ code }: Pick<DependencyFinding, 'code'>): boolean => code === 'too-complex';

/**
 * Of a source whose judgement was ended from outside: every level but `off` refuses it, and the language's own installer sees
 * what it is.
 *
 * @param reason for a sentence, with the limit in it, e.g. `it took longer than 2 s`
 */
export const stoppedFacts = ({ language, versions }: JudgementBasis, reason: string): SourceFacts => ({
  findings: [tooComplex(language, reason)],
  ...unknownFacts(language, versions, TOO_COMPLEX),
});

/** For the command line, where nobody else waits: one judgement for each content. */
export function createOfflineJudge(): SourceJudge {
  const known = new Map<string, SourceFacts>();
  return ({ files, digest, basis }) => {
    const key = `${digest} ${keyOf(basis)}`;
    const facts = known.get(key) ?? judge(files, basis, { mostFindings: MOST_FINDINGS_OFFLINE });
    known.set(key, facts);
    return Promise.resolve(facts);
  };
}

const bases = new WeakMap<Configuration, Map<Language, JudgementBasis>>();

/** What sources of a language are judged for; the same object for the same configuration. */
export function basisOf(configuration: Configuration, language: Language): JudgementBasis {
  const known = bases.get(configuration) ?? new Map<Language, JudgementBasis>();
  bases.set(configuration, known);
  const basis = known.get(language) ?? createBasis(configuration, language);
  known.set(language, basis);
  return basis;
}

function createBasis({ runtimes, dependencies }: Configuration, language: Language): JudgementBasis {
  const versions = Object.values(runtimes).flatMap((runtime) => (runtime.language === language ? runtime.version : []));
  return { language, versions: [...new Set(versions)].sort(), settings: settingsOf(dependencies, language) };
}

const keys = new WeakMap<JudgementBasis, string>();

/** Equal for what is judged alike. */
export function keyOf(basis: JudgementBasis): string {
  const known = keys.get(basis);
  if (known !== undefined) return known;
  const { language, versions, settings } = basis;
  const key = JSON.stringify([language, versions, settings.registries]);
  keys.set(basis, key);
  return key;
}

export const tooBusy = ({ reason }: TooBusy): Finding => ({
  code: 'too-busy',
  problem: `nothing was judged, because ${reason}`,
  fix: 'try again after a second; controllers do so automatically',
});
