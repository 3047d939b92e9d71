import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { REVISION_HOLDS_LABEL, REVISION_OF_LABEL } from '../../src/function/keys.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { installController, type ControllerProcess } from './controller.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk, ROOT } from './kubectl.ts';
import {
  answering,
  createFunction,
  edit,
  revisionNameOf,
  revisions,
  stamped,
  stampOf,
  untilEvents,
} from './revisions.ts';

const SETTLED = 2500;
const NEWER = '99.1.0';
const nameOf = (answer: string): string => `files:${revisionNameOf('hello', answering(answer))}`;

interface Builds {
  /** The command as it is built, and as the next release would be. */
  readonly current: string;
  readonly newer: string;
}

/** The same programs with another version in them. */
function buildNewer(): Opened<Builds> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-newer-'));
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  cpSync(path.join(ROOT, 'dist'), folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.mjs')) continue;
    const file = path.join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"${version}"`, `"${NEWER}"`));
  }
  const newer = path.join(folder, 'buildless.mjs');
  const printed = execFileSync(process.execPath, [newer, '--version'], { encoding: 'utf8' });
  if (!printed.includes(NEWER)) throw new Error(`it prints ${printed}`);
  return {
    value: { current: path.join(ROOT, 'dist/buildless.mjs'), newer },
    close() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

const leads = async (controller: ControllerProcess): Promise<number> =>
  (await controller.metrics()).sum('buildless_control_leader');

describe('controllers of two versions', () => {
  const builds = given(() => Promise.resolve(buildNewer()));

  it('lead one after the other: an edit is one rollout, and neither an upgrade nor its undo restarts anything', async () => {
    const { current, newer } = builds();
    const control = await installController({ command: current });
    try {
      const namespace = await createNamespace(OPTED_IN);
      await createFunction(namespace, 'hello', answering('one'));
      const old = control.value.controller();
      const next = await control.value.start({ command: newer });
      await edit(namespace, 'hello', answering('two'));
      const two = await stamped(namespace, 'hello', (text) => text === nameOf('two'));
      expect([await leads(old), await leads(next)]).toEqual([1, 0]);

      await old.stop();
      await next.untilLeading();
      await delay(SETTLED);
      expect(await stampOf(namespace, 'hello')).toEqual(two);
      await edit(namespace, 'hello', answering('three'));
      const three = await stamped(namespace, 'hello', (text) => text === nameOf('three'));
      expect(three.generation).toBe((two.generation ?? 0) + 1);

      const again = await control.value.start({ command: current });
      await next.stop();
      await again.untilLeading();
      await delay(SETTLED);
      expect(await stampOf(namespace, 'hello')).toEqual(three);
      await untilEvents(namespace, 'RolledOut', 2);
      const names = (await revisions(namespace)).map(({ metadata }) => `files:${metadata?.name}`);
      expect(names.sort()).toEqual([nameOf('two'), nameOf('three')].sort());
    } finally {
      await control.close();
    }
  });

  it('that name locks differently restart nothing: a template keeps its lock until the next edit', async () => {
    const { current, newer } = builds();
    // What a lock is named after differs, as it would if a version read other files or settings.
    const configuration = `dependencies:\n  registries:\n    nodejs: [${PUBLIC_REGISTRY}, https://npm.example/]\n`;
    const control = await installController({ command: current });
    try {
      const namespace = await createNamespace(OPTED_IN);
      const files = (answer: string): Record<string, string> => ({
        ...answering(answer),
        'package.json': '{"dependencies":{"left-pad":"1.3.0"}}',
      });
      await createFunction(namespace, 'hello', files('one'));
      await edit(namespace, 'hello', files('two'));
      const before = await stamped(namespace, 'hello');
      const lock = parseStamp(before.text ?? '')?.lock ?? '';
      const stored = await coreApi().readNamespacedConfigMap({ namespace, name: lock });

      await control.value.controller().stop();
      const next = await control.value.start({ command: newer, configuration });
      await next.untilLeading();
      await delay(SETTLED);
      expect(await stampOf(namespace, 'hello')).toEqual(before);

      await edit(namespace, 'hello', files('three'));
      const after = await stamped(namespace, 'hello', (text) => text !== before.text);
      expect(parseStamp(after.text ?? '')?.lock).not.toBe(lock);
      expect((await coreApi().readNamespacedConfigMap({ namespace, name: lock })).data).toEqual(stored.data);
    } finally {
      await control.close();
    }
  });
});

describe('a revision that another version stored in a form of its own', () => {
  given(() => installController({ configuration: 'revisions:\n  history: 0\n' }));

  /** With the labels of a revision of `hello`. */
  const store = async (
    namespace: string,
    name: string,
    holds: string,
    data: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const metadata = { name, labels: { [REVISION_OF_LABEL]: 'hello', [REVISION_HOLDS_LABEL]: holds } };
    await coreApi().createNamespacedConfigMap({ namespace, body: { metadata, immutable: true, data: { ...data } } });
  };

  it('is neither changed nor removed, whatever it holds', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await store(namespace, 'hello-0123456789', 'packages', { 'packages.bin': 'x' });
    const read = (): Promise<object> => coreApi().readNamespacedConfigMap({ namespace, name: 'hello-0123456789' });
    const before = await read();
    for (const answer of ['two', 'three']) {
      await edit(namespace, 'hello', answering(answer));
      await stamped(namespace, 'hello', (text) => text === nameOf(answer));
    }
    await delay(SETTLED);
    expect(await read()).toEqual(before);
  });

  it('stays as it is if a template names it as its lock, and the workload is not restarted', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const pinned = { 'package.json': '{"dependencies":{"left-pad":"1.3.0"}}' };
    await createFunction(namespace, 'hello', { ...answering('one'), ...pinned });
    await edit(namespace, 'hello', { ...answering('two'), ...pinned });
    const { text = '' } = await stamped(namespace, 'hello');
    const name = 'hello-9999999999';
    await store(namespace, name, 'lock', { 'packages.lock': 'version 9' });
    const stamp = text.replace(/lock:\S+$/, `lock:${name}`);
    const template = { metadata: { annotations: { 'buildless.dev/revision': stamp } } };
    await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', JSON.stringify({ spec: { template } })]);
    const named = await stampOf(namespace, 'hello');
    expect(named.text).toBe(stamp);
    // It belongs to the workload that names it, like any other, and so is not lost.
    const owned = await eventually(
      () => coreApi().readNamespacedConfigMap({ namespace, name }),
      ({ metadata }) => metadata?.ownerReferences?.length === 1,
    );
    await delay(SETTLED);
    expect(owned.data).toEqual({ 'packages.lock': 'version 9' });
    expect(await stampOf(namespace, 'hello')).toEqual(named);
  });
});
