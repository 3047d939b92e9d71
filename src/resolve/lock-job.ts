import path from 'node:path';
import { LANGUAGES } from '../function/languages.ts';
import { CONTROL_NAME, SOURCE_READER } from '../installation/names.ts';
import { LOCKERS } from '../lock/languages.ts';
import type { LockOutcome, LockRequest } from '../lock/lock.ts';
import { lockWithReleases } from '../releases/lock-with-age.ts';
import type { WantedFacts } from '../releases/languages/row.ts';
import { lookUpReleases } from '../releases/look-up.ts';
import type { Releases } from '../release-age/release.ts';
import type { ToolContext } from '../lock/tool-context.ts';
import { createRedactor } from '../pod/program/redaction.ts';
import { LOCK_FILES } from '../dependencies/lock-files.ts';
import { crossings } from './boundaries.ts';
import type { JobPlace } from './job-place.ts';
import { createRedactedFailure, permanent } from './failure.ts';
import type { Failure, LockJob, ResolvedLock } from './resolver.ts';
import { toolEnvironment } from './tool-environment.ts';

/** Resolves one lock with npm or uv; no code of a package runs. */
export async function resolveLock(job: LockJob, place: JobPlace): Promise<ResolvedLock | Failure> {
  const context = await contextOf(job, place);
  if ('problem' in context) return context;
  const { inputs, previous } = job;
  const { language, version, settings, rules } = inputs;
  const file = LOCK_FILES.of(language).file;
  const files =
    previous?.file === file && !inputs.files.has(file)
      ? new Map(inputs.files).set(file, Buffer.from(previous.text))
      : inputs.files;
  const request: LockRequest = {
    name: job.name,
    files,
    language,
    version,
    platforms: undefined,
    builds: false,
    allowed: settings.registries,
  };
  if (job.asks === true) {
    const locked = await lockWithReleases(request, rules?.age, context, wantedOf(job));
    if ('problem' in locked) return createRedactedFailure(locked, createRedactor(context.secrets));
    const { lock, releases } = locked;
    return { file: lock.file, text: lock.text, releases };
  }
  const outcome: LockOutcome = await LOCKERS.of(language).lock(request, context);
  if (!('problem' in outcome)) return { file: outcome.file, text: outcome.text };
  return createRedactedFailure(outcome, createRedactor(context.secrets));
}

/** Asks the registries of a source about the versions that its own lock names. */
export async function askReleases(job: LockJob, place: JobPlace): Promise<Releases | Failure> {
  const context = await contextOf(job, place);
  if ('problem' in context) return context;
  const { name, inputs } = job;
  const found = await lookUpReleases(
    { name, files: inputs.files, language: inputs.language, wanted: wantedOf(job) },
    context,
  );
  return 'problem' in found ? createRedactedFailure(found, createRedactor(context.secrets)) : found;
}

const wantedOf = ({ licences }: LockJob): WantedFacts => (licences === undefined ? {} : { licences });

/** What the tools of a job may use, or why the registries of its source are not asked. */
async function contextOf({ inputs, registrySettings }: LockJob, place: JobPlace): Promise<ToolContext | Failure> {
  const { language, settings } = inputs;
  // The public registry may have other packages of the same names.
  if (inputs.registry !== undefined && registrySettings === undefined) {
    return permanent(
      `the controller cannot read ${LANGUAGES.of(language).registryFile} of the Secret ${inputs.registry}, which the Function names`,
      `create the Secret, and bind the ClusterRole ${SOURCE_READER} to the ServiceAccount ${CONTROL_NAME} in its namespace`,
    );
  }
  const tools = await toolEnvironment(
    { files: inputs.files, language, registrySettings },
    place.folder,
    path.join(place.cache, language),
    place.environment,
  );
  if ('unusable' in tools) {
    return permanent(
      `the registry settings cannot be used: ${tools.unusable}`,
      'correct the Secret in buildless.dev/registry, or write a lock into the source ("buildless lock")',
    );
  }
  const crossed = crossings(inputs.files, language, settings, tools.variables);
  if (crossed.length > 0) {
    return permanent(
      'the source names files or registries that Buildless does not follow to resolve a lock',
      'correct the source, or write a lock into it ("buildless lock")',
      crossed,
    );
  }
  return {
    environment: tools.variables,
    scratch: place.folder,
    stop: place.stop,
    timeoutSeconds: place.seconds,
    mostOutput: place.mostOutput,
    secrets: tools.secrets,
    progress: () => undefined,
    pip: false,
  };
}
