import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { holderOf, type Holder } from '../../src/control/holder.ts';
import { STAMPED_KINDS, type StampedKind } from '../../src/control/kinds.ts';

export function kindNamed(name: string): StampedKind {
  const kind = STAMPED_KINDS.find((each) => each.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** What is kept of a Deployment called hello, or of another kind with the template at the same place. */
export function workload(changes: Partial<Holder> = {}): Holder {
  const { kind = kindNamed('Deployment') } = changes;
  const metadata = { labels: { [FUNCTION_LABEL]: 'hello' }, annotations: { [ANNOTATIONS.runtime]: 'nodejs22' } };
  const template = { metadata, spec: { containers: [{ name: 'function', image: 'auto' }] } };
  const object = { metadata: { uid: 'uid-of-hello', generation: 1, labels: {} }, spec: { template } };
  const holder = holderOf(kindNamed('Deployment'), object, {
    namespace: 'shop',
    name: 'hello',
    resourceVersion: '7',
    labels: {},
  });
  if (holder === undefined) throw new Error('not a Function');
  return { ...holder, kind, ...changes };
}
