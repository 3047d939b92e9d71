/** What the policy says of each workload, remembered as long as nothing that it depends on changes. */
import { createHash } from 'node:crypto';
import { judgeSource } from '../../admission/judge-pod.ts';
import { TooBusy } from '../../admission/judgement.ts';
import { whileClusterLocks } from '../../admission/missing-locks.ts';
import { runSource, type RunSource } from '../../admission/run-source.ts';
import type { Configuration } from '../../config/configuration.ts';
import { deniedFinding } from '../../denied/finding.ts';
import type { DeniedPackage } from '../../denied/list.ts';
import type { ExceptedFinding } from '../../exceptions/exceptions.ts';
import type { FunctionDefinition } from '../../function/definition.ts';
import { isNamedBy } from '../../function/revision-name.ts';
import { formatSource } from '../../function/source.ts';
import { inspect } from '../../inject/inject.ts';
import { namespaceFacts, type NamespaceLabels } from '../../namespace/namespace.ts';
import type { Finding } from '../../outcome/finding.ts';
import { DEFINITION, plainResult, resultOf, type Judged, type Result } from '../../policy-report/result.ts';
import { isLockable } from '../../revision/derive.ts';
import { holderKey, type Holder } from '../holder.ts';
import { functionOf, referenceOf } from '../reference.ts';
import { ReadOnce, type ReadOnceOptions } from '../read-once.ts';
import { LATER } from '../running-commits.ts';
import type { RunningContents } from '../running-contents.ts';
import type { Sources } from '../sources.ts';
import type { View } from '../view.ts';
import { contextOf, type ContextOptions } from './context.ts';
import { EDITED, podOfVariant, variantsOf, versionsOf, type Variant } from './variants.ts';

export interface VerdictsOptions extends ContextOptions, ReadOnceOptions {
  readonly view: View;
  readonly sources: Pick<Sources, 'digestsNow' | 'recentNow'>;
  readonly contents: RunningContents;
}

interface Remembered {
  readonly key: string;
  readonly results: readonly Result[];
}

export class Verdicts {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly options: VerdictsOptions) {}

  /**
   * @param ofPods the revisions that its Pods run
   * @throws if the API server does not answer
   */
  async of(
    workload: Holder,
    labels: NamespaceLabels,
    ofPods: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<readonly Result[] | TooBusy> {
    const results = new Map<string, Result>();
    const read = new ReadOnce(this.options, signal);
    for (const variant of variantsOf(workload, ofPods)) {
      const found = await this.ofVariant(workload, variant, labels, read);
      if (found instanceof TooBusy) return found;
      for (const result of found) {
        const same = JSON.stringify([result.rule, result.result, result.message]);
        if (!results.has(same)) results.set(same, result);
      }
    }
    if (results.size > 0) return [...results.values()];
    return [
      plainResult(
        'pass',
        'dependencies',
        'the dependency policy of the namespace has nothing against it',
        judgedOf(workload),
      ),
    ];
  }

  /** Forgets workloads that do not exist any more. */
  keep(isThere: (key: string) => boolean): void {
    for (const key of this.remembered.keys()) {
      if (!isThere(key.slice(0, key.indexOf(' ')))) this.remembered.delete(key);
    }
  }

  private async ofVariant(
    workload: Holder,
    variant: Variant,
    labels: NamespaceLabels,
    read: ReadOnce,
  ): Promise<readonly Result[] | TooBusy> {
    const { view, configuration } = this.options;
    if (variant.where === EDITED && this.isKnownRolledOut(workload)) return [];
    const inspection = inspect(podOfVariant(workload, variant), configuration());
    const judged = judgedOf(workload, variant.where);
    switch (inspection.kind) {
      case 'skip':
        return [plainResult('skip', inspection.code, 'its template says that Buildless does not inject it', judged)];
      case 'refused':
        return inspection.findings.map((finding) => resultOf(finding, 'fail', judged, DEFINITION));
      case 'injected':
      case 'function':
    }
    const { definition } = inspection;
    const denied = await this.denied(workload, variant, definition, read);
    if (denied instanceof TooBusy) return denied;
    const key = hashOf([
      labels,
      configurationKey(configuration()),
      workload.template,
      variant.stampText ?? '',
      versionsOf(workload, variant, view),
      this.excepted(workload),
      denied.map(({ name, version, path, id, reason }) => [name, version, path, id, reason]),
    ]);
    const place = `${holderKey(workload)} ${variant.where ?? ''} ${variant.stampText ?? ''}`;
    const known = this.remembered.get(place);
    if (known?.key === key) return known.results;
    const results = await this.judge(workload, variant, definition, denied, labels, read);
    if (!(results instanceof TooBusy)) this.remembered.set(place, { key, results });
    return results;
  }

  /** What the answer depends on besides: the exceptions of the Function, and the day if it has any. */
  private excepted(workload: Holder): readonly unknown[] {
    const exceptions = this.options.exceptions();
    const { namespace } = workload;
    const own = exceptions.of({ namespace, function: functionOf(workload) });
    return own.length === 0 ? [] : [exceptions.today, own];
  }

  /** Without a request: the rollout has read the source as it is now. */
  private isKnownRolledOut(workload: Holder): boolean {
    const { namespace, stamp } = workload;
    const reference = referenceOf(workload);
    if (reference?.type !== 'configmap' || stamp?.code.type !== 'files') return false;
    const digests = this.options.sources.digestsNow(namespace, reference);
    return digests !== undefined && areNamedBy(digests, stamp.code.names);
  }

  private async denied(
    workload: Holder,
    { stampText = '' }: Variant,
    definition: FunctionDefinition,
    read: ReadOnce,
  ): Promise<readonly DeniedPackage[] | TooBusy> {
    const list = this.options.denied();
    if (list.entries === 0) return [];
    const contents = await this.options.contents.of(workload, stampText, definition.runtime.language, read);
    if (contents instanceof TooBusy) return contents;
    // A commit that is being read is judged again then.
    return contents === undefined || contents === LATER ? [] : list.search(contents);
  }

  private async judge(
    workload: Holder,
    variant: Variant,
    definition: FunctionDefinition,
    denied: readonly DeniedPackage[],
    labels: NamespaceLabels,
    read: ReadOnce,
  ): Promise<readonly Result[] | TooBusy> {
    const { namespace } = workload;
    const configuration = this.options.configuration();
    const context = contextOf(this.options, labels, read);
    const facts = namespaceFacts(namespace, labels, configuration.dependencies);
    const run = await runSource(namespace, definition, context);
    if (variant.where === EDITED && isRolledOut(run, workload)) return [];
    const verdict = await judgeSource(podOfVariant(workload, variant), namespace, context, facts);
    // The controller may still make the lock that is missing.
    const isWaiting = variant.stampText === undefined && isLockable(definition.runtime);
    const {
      enforced,
      warned,
      audited,
      unchecked = [],
      excepted = [],
    } = isWaiting ? whileClusterLocks(verdict, configuration) : verdict;
    const busy = enforced.find(({ code }) => code === 'too-busy');
    if (busy !== undefined) return new TooBusy(busy.problem);
    const failed: Finding[] = [...enforced];
    // Nobody but the Pod sees the files; the lock that the controller made is known.
    if (run.source.type !== 'files') failed.push(...denied.map(deniedFinding));
    const judged = judgedOf(workload, variant.where);
    const said = new Set([...enforced, ...warned, ...excepted].map(sameFinding));
    // The audit log has all of them, also what is excepted.
    const onlyAudited = audited.filter((finding) => !said.has(sameFinding(finding)));
    const warnings: readonly Finding<string>[] = [...warned, ...onlyAudited, ...unchecked];
    const results = [
      ...failed.map((finding) => resultOf(finding, 'fail', judged)),
      ...warnings.map((finding) => resultOf(finding, 'warn', judged)),
      ...excepted.map((finding) => resultOf(finding, finding.endsSoon ? 'warn' : 'skip', judged)),
      ...unread(run, definition, judged),
    ];
    // That a source is read by its Pods only matters if nothing else is known of it.
    return results.length > 1 ? results.filter(({ rule }) => rule !== OPAQUE) : results;
  }
}

/** Equal for a finding and what became of it by an exception. */
const sameFinding = (finding: Finding<string> & Partial<Pick<ExceptedFinding, 'package' | 'exception'>>): string => {
  const { code, package: name, exception, file, line, column, field } = finding;
  return JSON.stringify([exception?.code ?? code, name, file, line, column, field]);
};

const OPAQUE = 'source-not-read';

/** What can be said of a source whose files are not known. */
function unread({ source }: RunSource, { source: reference }: FunctionDefinition, judged: Judged): readonly Result[] {
  switch (source.type) {
    case 'files':
      return [];
    case 'opaque': {
      const message = `${formatSource(reference)}: its files are judged in each Pod, before anything is installed`;
      return [plainResult('skip', OPAQUE, message, judged)];
    }
    case 'missing': {
      const message = `the ConfigMap ${source.name ?? ''} does not exist, so new Pods are refused; create it`;
      return [plainResult('error', 'source-not-found', message, judged)];
    }
    case 'revision-missing': {
      const message = `the revision ${source.name} does not exist, so new Pods are refused; roll the Function out again`;
      return [plainResult('error', 'revision-not-found', message, judged)];
    }
    case 'unreachable':
      return [plainResult('error', 'source-unreachable', `the source could not be read: ${source.reason}`, judged)];
    case 'invalid':
      return source.findings.map((finding) => resultOf(finding, 'fail', judged));
  }
}

/** Whether the template has the source as it is now, or it is gone: then there is no edit. */
function isRolledOut({ source }: RunSource, { stamp }: Holder): boolean {
  if (source.type === 'missing') return true;
  if (source.type !== 'files' || stamp?.code.type !== 'files') return false;
  return areNamedBy(
    source.parts.map(({ digest }) => digest),
    stamp.code.names,
  );
}

const areNamedBy = (digests: readonly string[], names: readonly string[]): boolean =>
  digests.length === names.length && digests.every((digest, index) => isNamedBy(digest, names[index] ?? ''));

function judgedOf(workload: Holder, where?: string): Judged {
  const { kind, namespace, name, uid } = workload;
  return {
    subject: { apiVersion: kind.apiVersion, kind: kind.kind, namespace, name, uid },
    function: functionOf(workload),
    ...(where !== undefined && { where }),
  };
}

const configurationKeys = new WeakMap<Configuration, string>();

/** Without what is denied and excepted: of that, what concerns a Function counts. */
function configurationKey(configuration: Configuration): string {
  const known = configurationKeys.get(configuration);
  if (known !== undefined) return known;
  const key = hashOf({ ...configuration, dependencies: { ...configuration.dependencies, denied: {}, exceptions: [] } });
  configurationKeys.set(configuration, key);
  return key;
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url');
