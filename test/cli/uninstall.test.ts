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

describe('uninstall with reports', () => {
  const ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/buildless-control-reports';
  const owner = { kind: 'ClusterRole', name: 'buildless-control-reports' };
  const report = (namespace: string, ownerReferences: readonly object[] = [owner]): object => ({
    metadata: { name: 'buildless', namespace, ownerReferences },
  });
  const withReports = async (
    reports: readonly object[],
    options: readonly string[],
    role: object = { 'app.kubernetes.io/part-of': 'buildless' },
  ): Promise<string> => {
    const own = await startApiServer((at, method) => {
      if (at === '/version') return {};
      if (at === ROLE) return { kind: method, metadata: { uid: '2', labels: role } };
      return at === '/apis/wgpolicyk8s.io/v1alpha2/policyreports' ? { items: reports } : undefined;
    });
    try {
      return (await buildless(['uninstall', ...options, ...own.options])).stdout;
    } finally {
      await own.close();
    }
  };
  const two = [report('web'), report('shop')];
  const REMOVE =
    'kubectl delete policyreports.wgpolicyk8s.io -A -l app.kubernetes.io/managed-by=buildless --field-selector metadata.name=buildless';

  it('says that they go with their ClusterRole, in how many namespaces', async () => {
    expect(await withReports(two, ['--dry-run'])).toContain(
      'ClusterRole buildless-control-reports: would be removed\nPolicyReport buildless in 2 namespaces: would be removed with ClusterRole buildless-control-reports\n',
    );
    expect(await withReports([report('shop')], [])).toContain(
      'PolicyReport buildless in namespace shop: removed with ClusterRole buildless-control-reports\n',
    );
  });

  it('names the namespaces with -o wide, and lists them in JSON', async () => {
    expect(await withReports(two, ['-o', 'wide'])).toContain('in 2 namespaces (shop, web): removed with');
    expect(JSON.parse(await withReports(two, ['-o', 'json']))).toMatchObject({
      reports: [{ kind: 'PolicyReport', outcome: 'removed', namespaces: ['shop', 'web'] }],
    });
  });

  it('says of those that nobody owns, or whose ClusterRole is not ours, that they stay, and how to remove them', async () => {
    const printed = await withReports([...two, report('old', [])], ['--dry-run']);
    expect(printed).toContain('PolicyReport buildless in 2 namespaces: would be removed with');
    expect(printed).toContain(
      `PolicyReport buildless in namespace old: stays, as it has no owner; remove it with\n  ${REMOVE}\n`,
    );
    expect(await withReports(two, [], {})).toContain(
      `PolicyReport buildless in 2 namespaces: stays; remove it with\n  ${REMOVE}\n`,
    );
  });

  it('says nothing of them in a cluster that has none', async () => {
    expect(await withReports([], [])).not.toContain('Report ');
  });
});
