/**
 * What the controller does with a revision before it rolls it out, for a pipeline: asks registries about the versions of the
 * author's lock, or resolves one, and compares. Nothing passes because a registry did not answer.
 */
import { judgeFiles } from '../../../admission/dependencies.ts';
import { languagesOf } from '../../../admission/kinds/config-map.ts';
import type { ReviewContext } from '../../../admission/review-context.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { NOTHING_DENIED } from '../../../denied/list.ts';
import { lacksLock } from '../../../dependencies/lacks-lock.ts';
import { hasDependencies } from '../../../dependencies/present.ts';
import { settingsOf } from '../../../dependencies/settings.ts';
import type { SourceFiles } from '../../../function/files.ts';
import { ANNOTATIONS } from '../../../function/keys.ts';
import { LANGUAGES, type Language } from '../../../function/languages.ts';
import { LOCKERS } from '../../../lock/languages.ts';
import { isFailure, type LockFailure, type LockRequest } from '../../../lock/lock.ts';
import { callersContext, type ToolContext } from '../../../lock/tool-context.ts';
import type { Finding } from '../../../outcome/finding.ts';
import { annotationField } from '../../../outcome/place.ts';
import { createRedactor } from '../../../pod/program/redaction.ts';
import type { Releases } from '../../../release-age/release.ts';
import { judgeReleases } from '../../../release-rules/judge.ts';
import type { ReleaseFinding } from '../../../release-rules/rule.ts';
import type { ReleaseRules } from '../../../release-rules/rules.ts';
import { lockWithReleases } from '../../../releases/lock-with-age.ts';
import { lookUpReleases } from '../../../releases/look-up.ts';
import { printNote } from '../../terminal.ts';
import { versionFor, type ChosenRuntime } from '../lock/chosen-runtime.ts';
import { askedOnline, keyOfRelease } from './asked.ts';
import { LOCK_PLACES } from './languages.ts';

export interface OnlineSource {
  /** npm writes it into a lock. */
  readonly name: string;
  readonly namespace: string;
  readonly files: SourceFiles;
  /** Stands for the files. */
  readonly digest: string;
  /** Of the Function; undefined if nobody says which, and then each language of the files counts. */
  readonly runtime: (ChosenRuntime & { readonly language: Language }) | undefined;
  /** Of its namespace. */
  readonly rules: ReleaseRules | undefined;
}

export interface OnlineVerdict {
  readonly findings: readonly Finding<string>[];
  readonly warnings: readonly Finding<string>[];
}

type Context = Pick<ReviewContext, 'judge' | 'denied'> & {
  /** As the cluster has it, whatever level the command line asks for. */
  readonly configuration: Configuration;
  /** Of sources whose Function is not in the input. */
  readonly runtime: ChosenRuntime;
};

const NO_LEVEL = { enforce: 'off', warn: 'off', audit: 'off' } as const;

interface Found {
  readonly releases?: Releases;
  /** Only if the lock was resolved here. */
  readonly lock?: { readonly file: string; readonly text: string };
}

const NOTHING: OnlineVerdict = { findings: [], warnings: [] };
const MOST_DETAILS = 5;

export class Online {
  private readonly known = new Map<string, Promise<OnlineVerdict>>();
  private readonly tools: ToolContext = callersContext(printNote);
  /** Whether a rule asked for anything at all. */
  hasRules = false;

  constructor(private readonly context: Context) {}

  /** What registries and the denied versions have against a source. */
  async judge(source: OnlineSource): Promise<OnlineVerdict> {
    const languages = source.runtime === undefined ? languagesOf(source.files) : [source.runtime.language];
    const verdicts: OnlineVerdict[] = [];
    // One at a time: each asks for several documents at once.
    for (const language of languages) verdicts.push(await this.once(source, language));
    return {
      findings: verdicts.flatMap(({ findings }) => findings),
      warnings: verdicts.flatMap(({ warnings }) => warnings),
    };
  }

  /** Of a Function whose files are not in the input: Git, or an image. */
  unread(all: ReleaseRules | undefined): OnlineVerdict {
    const { configuration, denied = () => NOTHING_DENIED } = this.context;
    const rules = askedOnline(all, configuration);
    if (configuration.revisions.locks !== 'cluster' || (rules === undefined && denied().entries === 0)) return NOTHING;
    this.hasRules = true;
    return { findings: [], warnings: [UNREAD] };
  }

  /** A ConfigMap and the Functions that run it are one source. */
  private once(asked: OnlineSource, language: Language): Promise<OnlineVerdict> {
    const source = { ...asked, rules: askedOnline(asked.rules, this.context.configuration) };
    const version = this.versionOf(source, language);
    const key = JSON.stringify([source.namespace, source.digest, language, version, source.rules]);
    const verdict = this.known.get(key) ?? this.compare(source, language, version);
    this.known.set(key, verdict);
    return verdict;
  }

  private versionOf({ runtime }: OnlineSource, language: Language): string | LockFailure {
    return runtime?.version ?? versionFor(language, this.context.runtime);
  }

  private async compare(
    source: OnlineSource,
    language: Language,
    version: string | LockFailure,
  ): Promise<OnlineVerdict> {
    const { files, rules } = source;
    const { configuration, denied = () => NOTHING_DENIED } = this.context;
    // Without the controller's locks nobody asks a registry in the cluster either.
    if (configuration.revisions.locks !== 'cluster') return NOTHING;
    this.hasRules ||= rules !== undefined || denied().entries > 0;
    if (!hasDependencies(files, language)) return NOTHING;
    const isAuthors = !lacksLock(files, language);
    if (rules === undefined && (isAuthors || denied().entries === 0)) return NOTHING;
    const found = isAuthors ? await this.lookUp(source, language) : await this.resolve(source, language, version);
    if (isFailure(found)) return { findings: [this.failed(found, isAuthors, source, language)], warnings: [] };
    const told = await this.compared(found, source, language);
    return { findings: [...told.findings, ...(await this.deniedIn(found, source, language))], warnings: told.warnings };
  }

  private async lookUp({ name, files, rules }: OnlineSource, language: Language): Promise<Found | LockFailure> {
    const releases = await lookUpReleases({ name, files, language, wanted: wantedOf(rules) }, this.tools);
    return isFailure(releases) ? releases : { releases };
  }

  private async resolve(
    { name, files, rules }: OnlineSource,
    language: Language,
    version: string | LockFailure,
  ): Promise<Found | LockFailure> {
    if (typeof version !== 'string') return version;
    const allowed = settingsOf(this.context.configuration.dependencies, language).registries;
    const request: LockRequest = { name, files, language, version, platforms: undefined, builds: false, allowed };
    if (rules !== undefined) return lockWithReleases(request, rules.age, this.tools, wantedOf(rules));
    const lock = await LOCKERS.of(language).lock(request, this.tools);
    return isFailure(lock) ? lock : { lock };
  }

  private async compared({ releases, lock }: Found, source: OnlineSource, language: Language): Promise<OnlineVerdict> {
    const { files, rules } = source;
    if (releases === undefined || rules === undefined) return NOTHING;
    const { refused, warned } = judgeReleases({ releases, language, now: Date.now() }, rules);
    const places = lock === undefined ? LOCK_PLACES.of(language)(files) : () => manifestOf(files, language);
    const told = lock === undefined ? await this.toldByLock(source, language) : new Set<string>();
    const placed = (findings: readonly ReleaseFinding[]): readonly Finding<string>[] =>
      findings
        .filter((finding) => !told.has(keyOfRelease(finding)))
        .map((finding) => ({
          ...finding,
          ...places({ name: finding.package, version: finding.version === '' ? undefined : finding.version }),
        }));
    return { findings: placed(refused), warnings: placed(warned) };
  }

  /** What the author's lock says of licences is found without any registry, too. */
  private async toldByLock(
    { namespace, files, digest, rules }: OnlineSource,
    language: Language,
  ): Promise<ReadonlySet<string>> {
    const { configuration, judge } = this.context;
    const source = { namespace, files, digest, languages: [language], licences: rules?.licences };
    const { enforced } = await judgeFiles(source, NO_LEVEL, { configuration: () => configuration, judge });
    return new Set(enforced.map(keyOfRelease));
  }

  /** What a lock that was resolved here contains; the author's own is searched without any registry. */
  private async deniedIn(
    { lock }: Found,
    { namespace, files, digest }: OnlineSource,
    language: Language,
  ): Promise<readonly Finding<string>[]> {
    if (lock === undefined) return [];
    const { configuration, judge, denied } = this.context;
    const merged = new Map(files).set(lock.file, Buffer.from(lock.text));
    const source = {
      namespace,
      files: merged,
      digest: `${digest} with ${lock.text}`,
      languages: [language],
      licences: undefined,
    };
    const context = { configuration: () => configuration, judge, ...(denied !== undefined && { denied }) };
    const { enforced } = await judgeFiles(source, NO_LEVEL, context);
    // The lock is not a file that its author has.
    return enforced.map((finding) => ({ ...finding, ...manifestOf(files, language) }));
  }

  private failed(
    { problem, fix, details = [], temporary }: LockFailure,
    isAuthors: boolean,
    { files }: OnlineSource,
    language: Language,
  ): Finding {
    const redacted = createRedactor(this.tools.secrets);
    const why = details.slice(0, MOST_DETAILS).map((line) => redacted(line.trim()));
    const code =
      temporary === true ? 'registry-unavailable' : isAuthors ? 'release-age-unchecked' : 'lock-not-resolved';
    return {
      code,
      ...(isAuthors ? LOCK_PLACES.of(language)(files)({ name: '', version: undefined }) : manifestOf(files, language)),
      problem: `its versions were not compared: ${[redacted(problem), ...why].join('; ')}`,
      fix: redacted(fix),
    };
  }
}

const wantedOf = (rules: ReleaseRules | undefined): { readonly licences?: true } =>
  rules?.licences === undefined ? {} : { licences: true };

const UNREAD = {
  code: 'release-age-unchecked',
  field: annotationField(ANNOTATIONS.source),
  problem: 'its files are not in the input, so its versions were not compared',
  fix: 'name a checkout of the source: buildless validate --online -f FOLDER',
} as const;

/** The file that asks for the packages. */
function manifestOf(files: SourceFiles, language: Language): { readonly file?: string } {
  const file = LANGUAGES.of(language).dependencyFiles.find((each) => files.has(each));
  return file === undefined ? {} : { file };
}
