import { developmentToo } from './development-too.ts';
import { duplicateName } from './duplicate-name.ts';
import { emptyRange } from './empty-range.ts';
import { git } from './git.ts';
import { invalidSpec } from './invalid-spec.ts';
import { lockCredential } from './lock-credential.ts';
import { lockFile } from './lock-file.ts';
import { lockGraph } from './lock-graph.ts';
import { lockInStep } from './lock-in-step.ts';
import { lockIntegrity } from './lock-integrity.ts';
import { lockMissing } from './lock-missing.ts';
import { lockRegistry } from './lock-registry.ts';
import { lockShape } from './lock-shape.ts';
import { packageJsonCredential } from './package-json-credential.ts';
import { packageJsonShape } from './package-json-shape.ts';
import { npmrcConnection } from './npmrc-connection.ts';
import { npmrcCredential } from './npmrc-credential.ts';
import { npmrcOddity } from './npmrc-oddity.ts';
import { npmrcRegistry } from './npmrc-registry.ts';
import { npmrcSetting } from './npmrc-setting.ts';
import { npmrcVariable } from './npmrc-variable.ts';
import { openRange } from './open-range.ts';
import { overrideShape } from './override-shape.ts';
import { packageName } from './package-name.ts';
import { path } from './path.ts';
import { protocol } from './protocol.ts';
import { range } from './range.ts';
import type { SourceRule, SpecRule } from './rule.ts';
import { tag } from './tag.ts';
import { url } from './url.ts';
import { workspaces } from './workspaces.ts';

/** Each spec is of one kind, and each kind has one rule or two. */
export const SPEC_RULES: readonly SpecRule[] = [
  tag,
  openRange,
  range,
  emptyRange,
  git,
  url,
  path,
  protocol,
  invalidSpec,
];

export const SOURCE_RULES: readonly SourceRule[] = [
  packageJsonShape,
  duplicateName,
  packageName,
  developmentToo,
  workspaces,
  overrideShape,
  lockFile,
  lockMissing,
  lockRegistry,
  lockInStep,
  lockIntegrity,
  lockGraph,
  lockShape,
  npmrcRegistry,
  npmrcConnection,
  npmrcSetting,
  npmrcVariable,
  npmrcOddity,
  npmrcCredential,
  packageJsonCredential,
  lockCredential,
];
