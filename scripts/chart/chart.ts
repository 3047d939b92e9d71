/** Every file of deploy/chart that is generated, from deploy/ and package.json. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { IMAGE_NAMES } from '../image/build.mjs';
import { configurationSchema } from '../../src/config/json-schema.ts';
import { CONSTANTS, image, label, PARTS, type Part } from './parts.ts';
import { Template } from './template.ts';
import { valuesSchema } from './values-schema.ts';

const DEPLOY = path.resolve(import.meta.dirname, '../../deploy');
const GENERATED = 'Written by `npm run manifests`';

/** @returns texts by their paths below deploy/chart */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const configuration = await read('config.yaml');
  const templates = await Promise.all(
    PARTS.map(async (part) => [`templates/${part.to}`, await templateOf(part)] as const),
  );
  return new Map([
    ...templates,
    ['files/config.yaml', configuration],
    // YAML 1.1, which Helm reads, would make a boolean of the level "off".
    ['files/config.json', `${JSON.stringify(parse(configuration), undefined, 2)}\n`],
    ['files/dashboard.json', await read('components/grafana-dashboard/buildless.json')],
    ['values.schema.json', `${JSON.stringify(valuesSchema(configurationSchema()), undefined, 2)}\n`],
    ['Chart.yaml', await metadata()],
  ]);
}

const read = (file: string): Promise<string> => readFile(path.join(DEPLOY, file), 'utf8');

async function templateOf({ from, edit }: Part): Promise<string> {
  const documents = Template.all(await read(from)).map((template) => {
    edit?.(template);
    label(template);
    image(template);
    return template.toString(CONSTANTS);
  });
  return `# ${GENERATED} from deploy/${from}: change it there.\n${documents.join('---\n')}`;
}

/** https://artifacthub.io/docs/topics/annotations/helm/ has the annotations. */
async function metadata(): Promise<string> {
  const { version, description } = JSON.parse(await readFile(path.join(DEPLOY, '../package.json'), 'utf8')) as Readonly<
    Record<'version' | 'description', string>
  >;
  const chart = {
    apiVersion: 'v2',
    name: 'buildless',
    description,
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.30.0-0',
    home: 'https://github.com/buildless-dev/buildless',
    sources: ['https://github.com/buildless-dev/buildless'],
    keywords: ['functions', 'serverless', 'faas', 'admission-webhook', 'nodejs', 'python'],
    maintainers: [{ name: 'Buildless', url: 'https://github.com/buildless-dev' }],
    annotations: {
      'artifacthub.io/category': 'integration-delivery',
      'artifacthub.io/license': 'Apache-2.0',
      'artifacthub.io/prerelease': String(version.includes('-')),
      'artifacthub.io/images': stringify(
        IMAGE_NAMES.map((name) => ({
          name,
          image: `ghcr.io/buildless-dev/${name}:${version}`,
          platforms: ['linux/amd64', 'linux/arm64'],
        })),
      ),
      'artifacthub.io/links': stringify([
        { name: 'Documentation', url: 'https://github.com/buildless-dev/buildless/tree/main/docs' },
        { name: 'Changes', url: 'https://github.com/buildless-dev/buildless/blob/main/CHANGELOG.md' },
      ]),
    },
  };
  return `# ${GENERATED} from package.json: change scripts/chart/chart.ts.\n${stringify(chart, { lineWidth: 0, singleQuote: true })}`;
}
