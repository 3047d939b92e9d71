/** A name that stands twice: Node.js and npm take the last, and a reader sees the first. */
import type { DependencyFinding } from '../../policy.ts';
import type { JsonNode } from '../json-walk.ts';
import { DEPENDENCY_GROUPS } from '../groups.ts';
import type { PackageJson } from '../package-json.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';

/** Fields of package.json that decide what is installed. */
const FIELDS: readonly string[] = [
  ...DEPENDENCY_GROUPS,
  'peerDependenciesMeta',
  'bundleDependencies',
  'overrides',
  'workspaces',
];

export const duplicateName: SourceRule = ({ packageJsons }) => [...packageJsons.values()].flatMap(judge);

function judge(packageJson: PackageJson): readonly DependencyFinding[] {
  if (packageJson.json.isAsWritten()) return [];
  const root = packageJson.json.nodes();
  const fields = FIELDS.flatMap((field) => root.children.get(field) ?? []);
  return [
    ...firstOfEach(root.duplicates.filter(({ name }) => FIELDS.includes(name))),
    ...fields.flatMap((field) => [...below(field)].flatMap(({ duplicates }) => firstOfEach(duplicates))),
  ].map(({ name, offset }) => ({
    code: 'dependencies-invalid',
    level: 'no-latest',
    file: packageJson.file,
    ...packageJson.json.position(offset),
    package: name,
    problem: `${quote(name)} stands here a second time, and npm takes the last one only`,
    fix: 'keep one of them',
  }));
}

/** A name may stand a thousand times; once is enough to say so. */
function firstOfEach(duplicates: JsonNode['duplicates']): JsonNode['duplicates'] {
  const seen = new Set<string>();
  return duplicates.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function* below(node: JsonNode): Generator<JsonNode> {
  const nodes = [node];
  for (let next = nodes.pop(); next !== undefined; next = nodes.pop()) {
    yield next;
    nodes.push(...next.children.values());
  }
}
