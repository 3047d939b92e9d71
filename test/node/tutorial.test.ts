import { mkdtemp, rm, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { installWithResolver } from '../cluster/installed-both.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { answerTo, blockOf, edited, MANIFEST, Workplace } from '../docs/tutorial.ts';
import { call, readyPods } from './pods.ts';

const NAMESPACE = 'shop';

/** Without names of revisions, ages and the widths of columns, which differ from run to run. */
const general = (printed: string): string =>
  printed
    .replaceAll(/\b[0-9a-f]{10}\b/g, 'HASH')
    .replaceAll(/\b\d+[smh]\b/g, 'AGE')
    .replaceAll(/ +/g, ' ')
    .trim();

/** The steps of the page that need a cluster, typed as they are there. in-cluster.test.ts installs what step 1 installs. */
describe('docs/tutorial.md, in a cluster', () => {
  let folder: string;
  let workplace: Workplace;

  given(installWithResolver);

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-tutorial-'));
    // `kubectl config set-context` writes into the kubeconfig.
    const kubeconfig = path.join(folder, 'kubeconfig');
    await copyFile(cluster().kubeconfig, kubeconfig);
    const PATH = `${path.dirname(cluster().kubectl)}${path.delimiter}${process.env.PATH ?? ''}`;
    workplace = new Workplace(folder, { KUBECONFIG: kubeconfig, PATH });
  });
  afterAll(async () => {
    if ('reason' in inject('cluster')) return;
    await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  const typed = async (commands: string): Promise<string> => {
    const { status, printed } = await workplace.run(commands);
    expect(`${String(status)} ${printed}`).toMatch(/^0 /);
    return printed;
  };

  /** All replicas give the answer that the page shows for its `curl`. */
  const answersAsIn = async (step: string): Promise<void> => {
    const expected = answerTo(step, 'curl').trim();
    const answers = async (): Promise<readonly string[]> =>
      Promise.all((await readyPods(NAMESPACE, 'app=hello', 2)).map(async (pod) => (await call(pod, '/?time=2d')).text));
    const agree = (texts: readonly string[]): boolean => texts.every((each) => each === expected);
    expect(agree(await eventually(() => answers().catch(() => ['']), agree, 120_000))).toBe(true);
  };

  it('goes from a first apply over a refusal, an edit and an undo to a namespace that requires locks', async () => {
    await typed(blockOf('1. ', 'sh', 'kubectl create namespace').replace('buildless doctor\n', ''));

    await typed(blockOf('3. ', 'sh', 'kubectl apply'));
    await answersAsIn('3. ');

    const refused = await workplace.run(blockOf('4. ', 'sh').split(' && exit 1')[0] ?? '');
    expect(refused.status).toBe(1);
    expect(refused.printed).toContain('package.json:1:27: "ms" is "latest"');
    await answersAsIn('3. ');

    workplace.write(edited(MANIFEST));
    await typed(blockOf('5. ', 'sh', 'kubectl apply'));
    await answersAsIn('5. ');
    const status = await eventually(
      () => typed('kubectl buildless status'),
      (printed) => printed.includes(' current '),
    );
    expect(general(status)).toBe(general(answerTo('5. ', 'kubectl buildless status')));
    const history = await typed('kubectl buildless history hello');
    expect(general(history)).toBe(general(answerTo('5. ', 'kubectl buildless history')));

    await typed(blockOf('6. ', 'sh'));
    await answersAsIn('6. ');

    await typed('buildless lock -f hello.yaml --write');
    await typed(blockOf('7. ', 'sh'));
    await answersAsIn('5. ');
  });
});
