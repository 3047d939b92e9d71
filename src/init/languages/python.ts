import { assets } from '../assets.ts';
import type { NewFunctionRow } from './row.ts';

const REQUIREMENTS = `# One package a line, with its version: requests==2.32.5
# "buildless lock -f . --write" then writes pylock.toml.
`;

export const NEW_PYTHON: NewFunctionRow = {
  source: () => ({ 'requirements.txt': REQUIREMENTS }),
  others: ({ runtime }) => ({
    '.python-version': `${runtime.version}\n`,
    ...Object.fromEntries([...assets('python')].map(([file, content]) => [file, content])),
  }),
  attach: { type: 'debugpy', request: 'attach', connect: { host: 'localhost', port: 5678 }, justMyCode: false },
  ignored: ['__pycache__/', '.venv/', '.pytest_cache/'],
  test: 'python3 -m unittest',
};
