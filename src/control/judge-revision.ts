/** Whether a revision may run in its namespace: what admission asks of a source and of a template that names it. */
import { deniedFindings } from '../admission/denied.ts';
import { refusedLicences } from '../admission/licences.ts';
import { basisOf, TooBusy, type SourceFacts, type SourceJudge } from '../admission/judgement.ts';
import { saysLockIsMissing } from '../admission/missing-locks.ts';
import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import { refuses, type DependencyFinding, type Level } from '../dependencies/policy.ts';
import { rulesOfFunction } from '../exceptions/ages.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import { chooseHandler, viewOf } from '../function/handler-files.ts';
import { namespaceFacts, type NamespaceLabels } from '../namespace/namespace.ts';
import { chosenInstaller } from '../inject/checks/chosen-installer.ts';
import { handlerFile } from '../inject/checks/handler-file.ts';
import { installScripts } from '../inject/checks/install-scripts.ts';
import { planInstall } from '../installers/plan.ts';
import type { Finding } from '../outcome/finding.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import { withLock, type StoredLock } from '../revision/stored-lock.ts';

export interface RevisionQuestion {
  readonly namespace: string;
  readonly labels: NamespaceLabels;
  readonly definition: FunctionDefinition;
  readonly files: SourceFiles;
  readonly digest: string;
  readonly configuration: Configuration;
  readonly judge: SourceJudge;
  readonly denied: DeniedList;
  readonly exceptions: Exceptions;
}

export interface JudgedRevision {
  readonly facts: SourceFacts;
  /** Why it must not run. */
  readonly findings: readonly Finding[];
}

/** What a namespace asks of the versions of a Function, by what registries say. */
export const releaseRulesOf = ({
  namespace,
  labels,
  configuration,
  definition,
  exceptions,
}: Pick<RevisionQuestion, 'namespace' | 'labels' | 'configuration' | 'exceptions'> & {
  readonly definition?: Pick<FunctionDefinition, 'name'>;
}): ReleaseRules | undefined =>
  rulesOfFunction(namespaceFacts(namespace, labels, configuration.dependencies).releaseRules, exceptions, {
    namespace,
    function: definition?.name,
  });

/** The level that a namespace enforces. */
export const enforcedLevel = ({
  namespace,
  labels,
  configuration,
}: Pick<RevisionQuestion, 'namespace' | 'labels' | 'configuration'>): Level =>
  namespaceFacts(namespace, labels, configuration.dependencies).levels.enforce;

/** Judges the author's files; that they lack a lock is not a reason yet if the controller will resolve one. */
export async function judgeFiles(question: RevisionQuestion): Promise<JudgedRevision | TooBusy> {
  const facts = await ask(question, question.files, question.digest);
  if (facts instanceof TooBusy) return facts;
  const level = enforcedLevel(question);
  const willHaveLock = facts.lacksLock && question.configuration.revisions.locks === 'cluster';
  const findings = refusedBy(question, facts, level).filter((finding) => !(willHaveLock && saysLockIsMissing(finding)));
  const denied = deniedFindings(facts, level, question.denied);
  const licences = licencesRefusedBy(question, facts);
  return { facts, findings: [...denied, ...findings, ...licences, ...checked(question, question.files, facts)] };
}

/** Judges them again with the lock, or for good without one: what the Pods will install by. */
export async function judgeLocked(
  question: RevisionQuestion,
  lock: StoredLock | undefined,
): Promise<JudgedRevision | TooBusy> {
  const files = lock === undefined ? question.files : withLock(question.files, lock);
  const facts = await ask(question, files, files === question.files ? question.digest : digestOf(files));
  if (facts instanceof TooBusy) return facts;
  const level = enforcedLevel(question);
  const findings = refusedBy(question, facts, level);
  const denied = deniedFindings(facts, level, question.denied);
  const licences = licencesRefusedBy(question, facts);
  return { facts, findings: [...denied, ...findings, ...licences, ...checked(question, files, facts)] };
}

/** Without what somebody answers for today. */
const refusedBy = (
  { namespace, definition: { name, runtime }, exceptions }: RevisionQuestion,
  { findings }: SourceFacts,
  level: Level,
): readonly DependencyFinding[] =>
  exceptions.lift(
    findings.filter((finding) => refuses(level, finding)),
    { namespace, function: name, language: runtime.language },
  ).kept;

const licencesRefusedBy = (question: RevisionQuestion, facts: SourceFacts): readonly Finding[] => {
  const { namespace, definition, exceptions } = question;
  const refused = refusedLicences(facts, releaseRulesOf(question)?.licences);
  return exceptions.lift(refused, {
    namespace,
    function: definition.name,
    language: definition.runtime.language,
  }).kept;
};

const ask = (
  { namespace, definition, configuration, judge }: RevisionQuestion,
  files: SourceFiles,
  digest: string,
): ReturnType<SourceJudge> =>
  judge({ namespace, files, digest, basis: basisOf(configuration, definition.runtime.language) });

function checked(
  { definition, configuration, digest }: RevisionQuestion,
  files: SourceFiles,
  facts: SourceFacts,
): readonly Finding[] {
  const source = { type: 'files', files, digest, labelled: true, parts: [], refresh: 0 } as const;
  const handler = definition.handlerGiven
    ? definition.handler
    : chooseHandler(definition.runtime.language, viewOf(files));
  const installPlan = planInstall(definition, facts, configuration);
  const pod = {};
  return [
    ...handlerFile(pod, { definition, handler, source }),
    ...chosenInstaller(pod, { configuration, definition, facts, installPlan }),
    ...installScripts(pod, { definition, facts }),
  ];
}
