import { valueAt } from '../../src/manifests/templates.ts';

/** The files of the Functions of ./services.ts, by runtime. */
export const SOURCES = {
  nodejs22: { 'handler.js': "exports.main = () => 'hello';" },
  python311: { 'handler.py': 'def main(event, context):\n    return "hello"\n' },
} as const;

const RUNTIME = ['spec', 'template', 'metadata', 'annotations', 'buildless.dev/runtime'];

export const filesOf = (service: object): (typeof SOURCES)[keyof typeof SOURCES] =>
  SOURCES[valueAt(service, RUNTIME) as keyof typeof SOURCES];
