import { addresses } from './address.ts';
import { constraints } from './constraint.ts';
import { credentials } from './credential.ts';
import { findLinks } from './find-links.ts';
import { hashes } from './hash.ts';
import { includes } from './include.ts';
import { indexOptions } from './index-option.ts';
import type { LockRule } from './lock.ts';
import { lockCredentials } from './lock-credential.ts';
import { lockDuplicates } from './lock-duplicate.ts';
import { lockHashes } from './lock-hash.ts';
import { lockRepositories } from './lock-repository.ts';
import { lockSources } from './lock-source.ts';
import { paths } from './path.ts';
import { repositories } from './repository.ts';
import { dynamicProjects } from './project.ts';
import type { Rule } from './rule.ts';
import { trustedHosts } from './trusted-host.ts';
import { unreadable } from './unreadable.ts';
import { variables } from './variable.ts';
import { versions } from './version.ts';

/** Every rule of the requirements files. */
export const RULES: readonly Rule[] = [
  unreadable,
  includes,
  variables,
  indexOptions,
  findLinks,
  trustedHosts,
  versions,
  addresses,
  repositories,
  paths,
  dynamicProjects,
  constraints,
  hashes,
  credentials,
];

/** Every rule of a pylock.toml. */
export const LOCK_RULES: readonly LockRule[] = [
  lockHashes,
  lockSources,
  lockRepositories,
  lockDuplicates,
  lockCredentials,
];
