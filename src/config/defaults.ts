import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { installerNames } from '../function/installers.ts';
import { languageNames } from '../function/languages.ts';
import { ANY_LICENCE } from '../licences/policy.ts';
import { RUNTIMES } from '../function/runtimes.ts';
import { VERSION } from '../version.ts';
import type { Configuration } from './configuration.ts';

const preset = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string): V1ResourceRequirements => ({
  requests: { cpu, memory },
  limits: { cpu: cpuLimit, memory: memoryLimit },
});

/** What holds where the configuration's file says nothing; deploy/config.yaml shows it with the reasons. */
export const DEFAULT_CONFIGURATION: Configuration = {
  mode: 'buildless',
  toolkit: {
    image: `ghcr.io/buildless-dev/toolkit:${VERSION}`,
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  },
  images: { originals: {}, pullSecrets: [] },
  proxy: { noProxy: [] },
  runtimes: RUNTIMES,
  // The presets of Kyma's serverless module, so that a Function that moves keeps its resources.
  profiles: {
    XS: preset('50m', '64Mi', '150m', '256Mi'),
    S: preset('100m', '128Mi', '200m', '256Mi'),
    M: preset('200m', '256Mi', '400m', '512Mi'),
    L: preset('400m', '512Mi', '800m', '1024Mi'),
    XL: preset('800m', '1024Mi', '1600m', '2048Mi'),
  },
  defaultProfile: 'L',
  install: {
    timeoutSeconds: 300,
    // No CPU limit: a throttled npm takes minutes for what takes seconds.
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
    installers: installerNames(),
    defaultInstaller: Object.fromEntries(languageNames().map((language) => [language, 'auto'])),
  },
  security: { runAsUser: 1000 },
  volumes: { appSizeLimit: '1Gi', tmpSizeLimit: '256Mi' },
  server: { timeoutSeconds: 180, bodyLimitMegabytes: 1, env: {} },
  revisions: { rollout: 'auto', rolloutsAtOnce: 10, history: 10, locks: 'cluster' },
  // As Kyma's.
  git: { intervalSeconds: 300 },
  templates: [],
  dependencies: {
    enforce: 'no-latest',
    warn: 'exact',
    audit: 'exact',
    floor: 'off',
    exemptNamespaces: [],
    registries: Object.fromEntries(languageNames().map((language) => [language, []])),
    denied: Object.fromEntries(languageNames().map((language) => [language, []])),
    minimumReleaseAge: 0,
    releaseAgeExceptions: [],
    unknownReleaseAge: 'refuse',
    exceptions: [],
    provenanceLost: 'off',
    provenanceExceptions: [],
    licences: ANY_LICENCE,
  },
  only: { images: [], exemptImages: [], exemptNamespaces: [] },
};
