import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { CheckResult } from '../../src/doctor/check.ts';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { at } from '../installation/shipped.ts';
import { cluster } from './given.ts';
import { coreApi, ROOT } from './kubectl.ts';

/** The versions of Buildless that injected the Pods of a namespace. */
export async function versionsIn(namespace: string): Promise<ReadonlySet<string>> {
  const { items } = await coreApi().listNamespacedPod({ namespace });
  return new Set(
    items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata }) => String(at(JSON.parse(metadata?.annotations?.[STATUS_ANNOTATION] ?? '{}'), 'version'))),
  );
}

/** What `buildless doctor` finds of Functions that another version injected. */
export async function doctorOfVersions(): Promise<readonly CheckResult[]> {
  const command = path.join(ROOT, 'dist/buildless.mjs');
  const args = [command, 'doctor', '-o', 'json', '--kubeconfig', cluster().kubeconfig];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { results } = JSON.parse(await text(child.stdout)) as { readonly results: readonly CheckResult[] };
  return results.filter(({ check }) => check === 'Versions');
}
