import { basisOf, judge } from '../../../admission/judgement.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { refuses } from '../../../dependencies/policy.ts';
import type { FunctionDefinition } from '../../../function/definition.ts';
import { digestOf, type SourceFiles } from '../../../function/files.ts';
import { AUTO_IMAGE } from '../../../function/keys.ts';
import { formatSource } from '../../../function/source.ts';
import type { PodLike } from '../../../kubernetes/pod.ts';
import type { Finding } from '../../../outcome/finding.ts';
import type { Problem } from '../../../outcome/problem.ts';
import type { Bill, BillPlatform } from '../../../sbom/bill.ts';
import type { RecordedRelease } from '../../../release-age/release.ts';
import { withRecord } from '../../../sbom/recorded.ts';
import { BILLED } from '../../../sbom/languages.ts';

/** A Function, wherever it was found. */
export interface BilledFunction {
  readonly definition: FunctionDefinition;
  readonly pod: PodLike;
  /** Its own files, and those with the lock of the controller in them if there is one. */
  readonly files: SourceFiles;
  readonly locked?: SourceFiles;
  /** What its revision recorded of its versions. */
  readonly recorded?: readonly RecordedRelease[];
  /** Text of the annotation. */
  readonly revision?: string;
}

export type NotBilled =
  | { readonly kind: 'wrong-input'; readonly findings: readonly (Finding<string> | Problem)[] }
  /** Its lock does not fix everything. */
  | { readonly kind: 'refused'; readonly findings: readonly (Finding<string> | Problem)[] };

/** What a Function installs, if its lock passes the level `locked`: of any other lock nobody knows what comes of it. */
export function billOf(
  { definition, pod, files, locked, recorded = [], revision }: BilledFunction,
  configuration: Configuration,
  { os, architecture }: Pick<BillPlatform, 'os' | 'architecture'>,
): Bill | NotBilled {
  const { name, runtime, source, containerIndex } = definition;
  const { language, libc = 'glibc', version } = runtime;
  const installed = locked ?? files;
  const facts = judge(installed, basisOf(configuration, language));
  const findings = facts.findings.filter((finding) => refuses('locked', finding));
  if (findings.length > 0) return { kind: 'refused', findings };
  const platform: BillPlatform = { os, architecture, libc, version };
  const { image } = pod.spec?.containers[containerIndex] ?? {};
  return {
    name,
    source: formatSource(source),
    sourceDigest: digestOf(files),
    language,
    image: image === undefined || image === AUTO_IMAGE ? runtime.image : image,
    ...(facts.hasDependencies && { lockedBy: locked === undefined ? ('author' as const) : ('controller' as const) }),
    platform,
    ...(revision !== undefined && { revision }),
    ...(facts.hasDependencies
      ? withRecord(BILLED.of(language)(installed, platform), recorded)
      : { packages: [], direct: [] }),
  };
}
