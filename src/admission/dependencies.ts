import { refuses, type DependencyFinding, type PolicyLevels } from '../dependencies/policy.ts';
import { NOTHING_DENIED } from '../denied/list.ts';
import { NO_EXCEPTIONS, type ExceptedFinding } from '../exceptions/exceptions.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import { deniedFindings } from './denied.ts';
import { judgeLicences } from './licences.ts';
import type { LicencePolicy } from '../licences/policy.ts';
import { basisOf, TooBusy, tooBusy } from './judgement.ts';
import type { PinFinding } from './pins.ts';
import type { ReviewContext } from './review-context.ts';

export type PolicyFinding = DependencyFinding | PinFinding;

/** What a namespace's three modes make of a source's dependencies, and of what the source and the image leave open. */
export interface DependencyVerdict {
  readonly enforced: readonly Finding[];
  /** Findings that are not refused, at the level of the mode `warn`. */
  readonly warned: readonly PolicyFinding[];
  /** Findings at the level of the mode `audit`, refused or not. */
  readonly audited: readonly PolicyFinding[];
  /** Of `enforced` and `warned`, what somebody answers for today. */
  readonly excepted?: readonly ExceptedFinding[];
  /** That nobody compared the dependencies with the minimum release age, or knows a licence; of every mode. */
  readonly unchecked?: readonly Warning[];
}

export const NOTHING_FOUND: DependencyVerdict = { enforced: [], warned: [], audited: [] };

/** The files of a source, where they are, and what they are installed for. */
export interface JudgedSource {
  readonly namespace: string;
  readonly files: SourceFiles;
  readonly digest: string;
  /** Each that it may be installed for. */
  readonly languages: readonly Language[];
  /** The Function that is made of it; absent if none is named. */
  readonly function?: string;
  /** Which licences its packages may have; absent for any. */
  readonly licences: LicencePolicy | undefined;
}

/** Judges the dependencies of a source. */
export async function judgeFiles(
  { namespace, files, digest, languages, function: name, licences }: JudgedSource,
  levels: PolicyLevels,
  context: Pick<ReviewContext, 'configuration' | 'judge' | 'denied' | 'exceptions'>,
): Promise<DependencyVerdict> {
  const denied = context.denied?.() ?? NOTHING_DENIED;
  const isOff = levels.enforce === 'off' && levels.warn === 'off' && levels.audit === 'off';
  if (isOff && denied.entries === 0 && licences === undefined) return NOTHING_FOUND;
  const configuration = context.configuration();
  const counts = (finding: DependencyFinding): boolean =>
    refuses(levels.enforce, finding) || refuses(levels.warn, finding);
  const found: DependencyFinding[] = [];
  const refused: Finding[] = [];
  const lifted: ExceptedFinding[] = [];
  const audited: PolicyFinding[] = [];
  const exceptions = context.exceptions?.() ?? NO_EXCEPTIONS;
  const unchecked: Warning[] = [];
  for (const language of languages) {
    const facts = await context.judge({ namespace, files, digest, basis: basisOf(configuration, language) });
    if (facts instanceof TooBusy) return { ...NOTHING_FOUND, enforced: [tooBusy(facts)] };
    const who = { namespace, function: name, language };
    const { kept, excepted } = exceptions.lift(facts.findings.filter(counts), who);
    found.push(...kept);
    lifted.push(...excepted);
    // An exception hides nothing from whoever reads the log later.
    audited.push(...facts.findings.filter((finding) => refuses(levels.audit, finding)));
    refused.push(...deniedFindings(facts, levels.enforce, denied));
    const licensed = judgeLicences(facts, levels.enforce, licences);
    const answered = exceptions.lift(licensed.refused, who);
    refused.push(...answered.kept);
    lifted.push(...answered.excepted);
    unchecked.push(...exceptions.lift(licensed.warned, who).kept);
  }
  return {
    enforced: [...refused, ...found.filter((finding) => refuses(levels.enforce, finding))],
    warned: found.filter((finding) => !refuses(levels.enforce, finding) && refuses(levels.warn, finding)),
    audited,
    unchecked,
    ...(lifted.length > 0 && { excepted: lifted }),
  };
}

/** What kubectl prints of exceptions: only those that end within a week. */
export const endingSoon = ({ excepted = [] }: Pick<DependencyVerdict, 'excepted'>): readonly Warning[] =>
  excepted.filter(({ endsSoon }) => endsSoon);
