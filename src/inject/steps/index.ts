import { inFunction, type Step } from '../context.ts';
import { code } from './code.ts';
import { env } from './env.ts';
import { eviction } from './eviction.ts';
import { image } from './image.ts';
import { install } from './install.ts';
import { prepare } from './prepare.ts';
import { probes } from './probes.ts';
import { pullSecrets } from './pull-secrets.ts';
import { resources } from './resources.ts';
import { security } from './security.ts';
import { server } from './server.ts';
import { volumes } from './volumes.ts';

/** The mutation, in its order. The status annotation follows, as it records what these did (inject.ts). */
export const STEPS: readonly Step[] = [
  inFunction(image, code, server, env, probes, resources),
  volumes,
  eviction,
  pullSecrets,
  prepare,
  install,
  security,
];
