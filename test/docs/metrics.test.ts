import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ControlMetrics } from '../../src/control/metrics.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { ROOT } from '../cli/command.ts';

const PAGE = 'docs/operations.md';
const ALERTS = 'deploy/components/alerts/prometheus-rule.yaml';
const DASHBOARD = 'deploy/components/grafana-dashboard/buildless.json';

const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const distinct = (texts: Iterable<string | undefined>): readonly string[] =>
  [...new Set(texts)].filter((each) => each !== undefined).sort();

describe(`the metrics of ${PAGE}`, () => {
  const shown = textOf(PAGE);
  let served: readonly string[] = [];
  let text = '';
  beforeAll(async () => {
    const all = [
      new Metrics({ version: '1.0.0', processMetrics: false }),
      new ControlMetrics({ version: '1.0.0', processMetrics: false }),
    ];
    text = (await Promise.all(all.map((each) => each.render()))).join('\n');
    served = distinct(text.match(/(?<=^# TYPE )\S+/gm) ?? []);
  });

  it('are all that webhook and controller serve, and no others', () => {
    expect(served.length).toBeGreaterThan(30);
    expect(distinct(shown.match(/(?<=`)buildless_[a-z_]+/g) ?? [])).toEqual(served);
  });

  it('that count comparisons with registries all have an alert about refusals and outages, and a panel', () => {
    const compared = distinct(text.match(/^buildless_control_\w+(?=\{outcome="unavailable"\})/gm) ?? []);
    expect(compared.length).toBeGreaterThan(2);
    const [alerts, dashboard] = [textOf(ALERTS), textOf(DASHBOARD)];
    for (const metric of compared) {
      expect(alerts).toContain(`${metric}{outcome="unavailable"}`);
      expect(alerts).toMatch(new RegExp(`${metric}\\{outcome=~?"[a-z|]*refused"\\}`));
      expect(dashboard).toContain(metric);
    }
  });
});

describe(`the alerts of ${PAGE}`, () => {
  it('are all that the component installs, and no others', () => {
    const installed = distinct(textOf(ALERTS).match(/(?<=- alert: )\S+/g) ?? []);
    expect(installed.length).toBeGreaterThan(20);
    // In the first column of the table, a row for one or several.
    const rows = textOf(PAGE).match(/(?<=^\| )Buildless[A-Z][A-Za-z, ]*(?= \|)/gm) ?? [];
    expect(distinct(rows.flatMap((row) => row.trim().split(', ')))).toEqual(installed);
  });
});
