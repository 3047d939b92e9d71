/** What real Functions ask for: old and new, scoped, native, peers that disagree, aliases, overrides, platform packages. */
export const NPM_SETS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'the packages that PERFORMANCE measures': of({ axios: '1.7.9', lodash: '4.17.21', cloudevents: '8.0.2' }),
  'one without dependencies': of({ 'is-number': '7.0.0' }),
  'an old framework': of({ express: '4.17.1', 'body-parser': '1.19.0' }),
  'a new framework': of({ express: '5.0.1' }),
  'many small modules of a new one': of({ fastify: '5.2.1' }),
  'very old modules': of({ request: '2.88.2', async: '0.9.2', underscore: '1.4.4' }),
  'scoped clients': of({ '@aws-sdk/client-sqs': '3.726.1' }),
  'scoped telemetry': of({ '@opentelemetry/api': '1.9.0', '@opentelemetry/sdk-trace-base': '1.30.0' }),
  'native with prebuilt platform packages': of({ sharp: '0.33.5' }),
  'a bundler with a program of each platform': of({ esbuild: '0.24.2' }),
  'native code that an install script builds': of({ bcrypt: '5.1.1' }),
  'Rust through N-API, and WebAssembly as the last resort': of({ '@node-rs/argon2': '2.0.2' }),
  'optional packages of another system': of({ chokidar: '3.6.0' }),
  'an optional dependency of its own': { ...of({ ws: '8.18.0' }), optionalDependencies: { bufferutil: '4.0.9' } },
  aliases: of({ 'react-old': 'npm:react@17.0.2', react: '18.3.1' }),
  'an alias of a scoped package': of({ parser: 'npm:@babel/parser@7.26.5' }),
  overrides: { ...of({ axios: '1.7.9' }), overrides: { 'follow-redirects': '1.15.6' } },
  'overrides below one package': {
    ...of({ axios: '1.7.9', express: '4.21.2' }),
    overrides: { express: { qs: '6.11.0' } },
  },
  'two versions of one package': of({ uuid: '11.0.5', cloudevents: '8.0.2', 'is-odd': '3.0.1', 'is-number': '7.0.0' }),
  'an undeclared package that npm and bun put to the top in another version': of({
    axios: '1.7.9',
    lodash: '4.17.21',
    cloudevents: '8.0.2',
    express: '5.1.0',
    mongoose: '8.8.0',
    '@aws-sdk/client-s3': '3.700.0',
  }),
  'peers that are installed': of({ 'use-sync-external-store': '1.2.2', 'react-dom': '18.3.1', react: '18.3.1' }),
  'peers that disagree': {
    ...of({ 'eslint-plugin-react-hooks': '4.6.2', eslint: '9.17.0' }),
    '.npmrc': 'legacy-peer-deps=true\n',
  },
  'peers that nobody asks for': of({ 'ajv-formats': '3.0.1', 'ajv-keywords': '5.1.0' }),
  'packages for development beside': { ...of({ nanoid: '3.3.8' }), devDependencies: { typescript: '5.7.3' } },
  'a package with a lock file of its own': of({ '@sap/xssec': '3.2.18' }),
  'a package that brings a hundred others inside': of({ npm: '10.8.2' }),
  'optional packages for another Node.js': {
    ...of({ 'is-odd': '3.0.1' }),
    optionalDependencies: { undici: '8.0.0' },
  },
  'an optional peer that is there for development': {
    ...of({ 'ajv-formats': '3.0.1' }),
    devDependencies: { ajv: '8.17.1' },
  },
  'a package that brings others inside': of({ 'npm-packlist': '1.4.8', 'node-pre-gyp': '0.17.0' }),
};

function of(dependencies: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return { dependencies };
}
