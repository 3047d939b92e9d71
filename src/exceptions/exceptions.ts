/** Which exceptions apply today, and what becomes of findings by them. Pure: the day is passed in. */
import { ECOSYSTEMS } from '../denied/languages.ts';
import type { Language } from '../function/languages.ts';
import type { Finding } from '../outcome/finding.ts';
import { endedNote } from '../release-age/excepted.ts';
import { dayOf, daysUntil, EVERY_FUNCTION, SOON_DAYS, whenItEnds, type Exception } from './exception.ts';

/** Whose findings they are. */
export interface Excepted {
  readonly namespace: string;
  /** Undefined for a source that no Function names. */
  readonly function: string | undefined;
  readonly language: Language;
}

/** In place of a finding: who answers for it, until when. */
export interface ExceptedFinding extends Finding<'exception-used'> {
  readonly package: string;
  readonly exception: Exception;
  readonly endsSoon: boolean;
}

export const isExcepted = (finding: Finding<string>): finding is ExceptedFinding =>
  finding.code === 'exception-used' && 'exception' in finding;

export interface Lifted<Found> {
  /** With the end of an exception in what has none any more. */
  readonly kept: readonly Found[];
  readonly excepted: readonly ExceptedFinding[];
}

/** What a finding needs so that an exception can be about it. */
type MaybeOfPackage = Finding & { readonly package?: string };

/** The exceptions of a configuration on one day; another object on another day, so that answers are not remembered past it. */
export class Exceptions {
  readonly all: readonly Exception[];
  readonly today: string;
  readonly #ofNamespaces = new Map<string, Exception[]>();

  /** @param today as `dayOf` has it */
  constructor(all: readonly Exception[], today: string) {
    this.all = all;
    this.today = today;
    for (const exception of all) {
      const known = this.#ofNamespaces.get(exception.namespace);
      if (known === undefined) this.#ofNamespaces.set(exception.namespace, [exception]);
      else known.push(exception);
    }
  }

  /** Those of a Function, whether they apply today or not: a Pod finds out when it starts. */
  of({ namespace, function: name }: Pick<Excepted, 'namespace' | 'function'>): readonly Exception[] {
    const ofNamespace = this.#ofNamespaces.get(namespace) ?? [];
    return ofNamespace.filter((each) => each.function === EVERY_FUNCTION || each.function === name);
  }

  applies({ until }: Pick<Exception, 'until'>): boolean {
    return until >= this.today;
  }

  lift<Found extends MaybeOfPackage>(findings: readonly Found[], who: Excepted): Lifted<Found> {
    return liftBy(this.of(who), findings, who.language, this.today);
  }
}

/** Lifts what an exception is for. Of several for the same, the one that ends last counts. */
export function liftBy<Found extends MaybeOfPackage>(
  exceptions: readonly Exception[],
  findings: readonly Found[],
  language: Language,
  today: string,
): Lifted<Found> {
  if (exceptions.length === 0 || findings.length === 0) return { kept: findings, excepted: [] };
  const excepted: ExceptedFinding[] = [];
  const kept = findings.flatMap((finding): readonly Found[] => {
    const exception = exceptionFor(finding, exceptions, language);
    if (exception === undefined) return [finding];
    if (exception.until < today) return [{ ...finding, problem: `${finding.problem}${endedNote(exception.until)}` }];
    excepted.push(exceptedFinding(finding, exception, today));
    return [];
  });
  return { kept, excepted };
}

function exceptionFor(
  { code, package: name }: MaybeOfPackage,
  exceptions: readonly Exception[],
  language: Language,
): Exception | undefined {
  if (name === undefined) return undefined;
  const normalizeName = ECOSYSTEMS.find(language)?.normalizeName ?? ((text: string): string => text);
  const wanted = normalizeName(name);
  return exceptions
    .filter((each) => each.code === code && normalizeName(each.package) === wanted)
    .reduce<Exception | undefined>(
      (latest, each) => (latest === undefined || each.until > latest.until ? each : latest),
      undefined,
    );
}

function exceptedFinding(
  { code, object, field, file, line, column, problem, fix, package: name = '' }: MaybeOfPackage,
  exception: Exception,
  today: string,
): ExceptedFinding {
  const days = daysUntil(exception.until, today);
  const endsSoon = days <= SOON_DAYS;
  const end = endsSoon ? `${exception.until}, ${whenItEnds(days)}` : exception.until;
  return {
    code: 'exception-used',
    ...(object !== undefined && { object }),
    ...(field !== undefined && { field }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    problem: `excepted until ${end} (${exception.reason}): ${problem} [${code}]`,
    fix: `before then: ${fix}`,
    package: name,
    exception,
    endsSoon,
  };
}

/** None applies. */
export const NO_EXCEPTIONS = new Exceptions([], dayOf(0));

/**
 * The exceptions of a configuration that may change, by a clock: the same object until either the list or the day is another.
 *
 * @param now milliseconds since 1970
 */
export function exceptionsBy(settings: () => readonly Exception[], now: () => number): () => Exceptions {
  let current = NO_EXCEPTIONS;
  return () => {
    const [all, today] = [settings(), dayOf(now())];
    if (current.all !== all || current.today !== today) current = new Exceptions(all, today);
    return current;
  };
}
