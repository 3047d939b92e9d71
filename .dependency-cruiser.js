import { RULES } from './layers.js';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: RULES,
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a layer that needs a type of another one knows it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
