import { whyNotUv } from '../../../installers/uv.ts';
import { installWithUv } from '../../fast-install/uv.ts';
import { writeExpected } from '../expected.ts';
import type { PrepareRow } from './row.ts';

export const PYTHON: PrepareRow = {
  installers: {
    uv: (files, { asked }) => {
      const reason = asked ? undefined : whyNotUv(files);
      return reason === undefined ? (tool) => installWithUv(tool, files) : { declined: reason };
    },
  },
  // What a source brings is next to its own modules, where no folder tells it from them.
  bringsPackages: () => false,
  writeExpected,
};
