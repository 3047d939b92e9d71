import { spawnSync } from 'node:child_process';
import { goProgram } from '../programs/go-program.ts';
import type { PodTemplate } from './kept-pods.ts';

/** What Knative's own code makes of a Service; see ../programs/knative/main.go. */
export type KnativeAnswer =
  | { readonly refused: string }
  | {
      readonly refused?: undefined;
      readonly service: object;
      readonly deployment: { readonly spec: { readonly template: PodTemplate } };
    };

export type AskKnative = (service: object, features?: Readonly<Record<string, string>>) => KnativeAnswer;

/** @returns why there is none if Go is missing */
export async function knative(): Promise<AskKnative | { readonly reason: string }> {
  const program = await goProgram('knative');
  if (typeof program !== 'string') return program;
  return (service, features = {}) => {
    const input = `${JSON.stringify({ service, features })}\n`;
    const { status, stdout, stderr } = spawnSync(program, { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as KnativeAnswer;
  };
}
