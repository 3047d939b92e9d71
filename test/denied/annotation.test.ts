import { describe, expect, it } from 'vitest';
import { deniedAnnotation, deniedByAnnotation } from '../../src/denied/annotation.ts';
import { tableOfConfigured } from '../../src/denied/inline.ts';
import { joinTables } from '../../src/denied/list.ts';

const LIST = joinTables([tableOfConfigured({ nodejs: [{ name: 'left', versions: '1.0.0', reason: 'steals' }] })]);
const LEFT = { name: 'left', version: '1.0.0', path: 'package.json > pay@3.2.0 > left@1.0.0' };
const RIGHT = { name: 'right', version: '2.0.0', path: 'package.json:3 > right@2.0.0' };
const read = (annotation: string, stamp = 'commit:1'): unknown => deniedByAnnotation(annotation, stamp, 'nodejs', LIST);

describe('what an Event says of denied versions', () => {
  const annotation = deniedAnnotation([
    { stamp: 'commit:1', packages: [LEFT, RIGHT] },
    { stamp: 'commit:2', packages: [RIGHT] },
  ]);

  it('comes back with path and reason, as far as the list still denies it', () => {
    expect(read(annotation)).toEqual([{ ...LEFT, reason: 'steals' }]);
  });

  it('counts for the revision that it names alone', () => {
    expect(read(annotation, 'commit:2')).toEqual([]);
    expect(read(annotation, 'commit:3')).toEqual([]);
  });

  it('has so many revisions and packages that it fits into an Event', () => {
    const packages = Array.from({ length: 100 }, () => LEFT);
    const many = Array.from({ length: 100 }, (_, index) => ({ stamp: `commit:${index}`, packages }));
    expect(deniedAnnotation(many).length).toBeLessThan(64 * 1024);
  });

  it.each([
    '',
    '{',
    'null',
    '{}',
    '[null]',
    '[{"stamp":"commit:1"}]',
    '[{"stamp":"commit:1","packages":[{"name":"left","version":1,"path":"x"},null,"left"]}]',
    JSON.stringify([{ stamp: 'commit:1', packages: [LEFT], filler: 'x'.repeat(70_000) }]),
  ])('says nothing if somebody else wrote it: %.60s', (annotation_) => {
    expect(read(annotation_)).toEqual([]);
  });

  it('cannot move a terminal or forge a line', () => {
    const forged = { name: 'left', version: '1.0.0', path: 'a\nb\tc > left@1.0.0' };
    const [found] = deniedByAnnotation(deniedAnnotation([{ stamp: 's', packages: [forged] }]), 's', 'nodejs', LIST);
    expect(found?.path).toBe('a b c > left@1.0.0');
  });
});
