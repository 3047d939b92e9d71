import { readJudgeableSource } from '../../../dependencies/npm/source.ts';
import { whyNotBun, whyNotChosenBun } from '../../../installers/bun.ts';
import { bringsItsPackages } from '../../fast-install/brought-packages.ts';
import { installWithBun } from '../../fast-install/bun.ts';
import { install } from '../../nodejs/install/install.ts';
import type { PrepareRow } from './row.ts';

export const NODEJS: PrepareRow = {
  installers: {
    bun: (files, { asked, version }) => {
      const source = readJudgeableSource(files);
      const reason = asked ? whyNotChosenBun(files, version, source) : whyNotBun(files, version, source);
      if (source === undefined) return { declined: reason ?? 'package.json cannot be read' };
      return reason === undefined ? (tool) => installWithBun(tool, source) : { declined: reason };
    },
  },
  takeOver: (options, context) => install({ ...options, allowScripts: false }, context),
  bringsPackages: bringsItsPackages,
};
