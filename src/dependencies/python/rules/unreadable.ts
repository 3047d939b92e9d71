import { hideCredentials } from '../../credentials.ts';
import type { DependencyFinding } from '../../policy.ts';
import type { Unreadable } from '../requirements.ts';

/** Lines and files that pip would refuse to read. */
export function* unreadable({
  reading,
}: {
  readonly reading: { readonly unreadable: readonly Unreadable[] };
}): Generator<DependencyFinding> {
  for (const { text, ...place } of reading.unreadable) {
    yield {
      code: 'dependencies-invalid',
      ...place,
      ...(text !== undefined && { spec: hideCredentials(text) }),
      level: 'no-latest',
    };
  }
}
