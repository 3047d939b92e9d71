import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiServer, type FakeApiServer } from './api-server.ts';
import { buildless } from './command.ts';
import { onTerminal } from './terminal.ts';

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/buildless';
const QUESTION = 'Remove Buildless from context here';

let where: readonly string[];
let cluster: FakeApiServer;
const deleted: string[] = [];

/** One object of ours and two Pods of Functions. */
function installed(at: string, method: string): object | undefined {
  if (at === '/api/v1/pods') return { items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] };
  if (at !== CONFIGURATION || deleted.length > 0) return undefined;
  if (method === 'DELETE') deleted.push(at);
  return { metadata: { uid: '1', labels: { 'app.kubernetes.io/part-of': 'buildless' } } };
}

beforeAll(async () => {
  cluster = await startApiServer(installed);
  where = cluster.options;
});
afterAll(() => cluster.close());
beforeEach(() => {
  deleted.length = 0;
});

describe('uninstall on a terminal', () => {
  it.each(['n\n', '\n'])('removes nothing if the answer is %j, and says what runs there', async (answer) => {
    const { status, output } = await onTerminal(['uninstall', ...where], { question: QUESTION, answer });
    expect(output).toContain('2 Pods of Functions run there');
    expect(output).toContain('Nothing is removed.');
    expect({ status, deleted }).toEqual({ status: 2, deleted: [] });
  });

  it('removes what is installed if the answer is yes', async () => {
    const { status, output } = await onTerminal(['uninstall', ...where], { question: QUESTION, answer: 'yes\n' });
    expect(output).toContain('ValidatingWebhookConfiguration buildless: removed');
    expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
  });

  it('does not ask with --yes', async () => {
    const never = { question: QUESTION, answer: 'n\n' };
    const { status, output } = await onTerminal(['uninstall', '--yes', ...where], never);
    expect(output).not.toContain(QUESTION);
    expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
  });
});

it('uninstall in a script does not ask', async () => {
  const { status } = await buildless(['uninstall', ...where]);
  expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
});
