import { ok, warned, type Check } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { servedVersion, versionOf } from '../served-version.ts';

const CHECK = 'Toolkit';

/** The image that each Function's Pod prepares itself with: its programs are called as the webhook's version calls them. */
export const toolkit: Check = async (patient) => {
  const [version, configuration] = await Promise.all([servedVersion(patient), installedConfiguration(patient)]);
  // The check of the configuration reports why.
  if (configuration === undefined) return [];
  const { image } = configuration.toolkit;
  const found = versionOf(image);
  if (found === version) return [ok(CHECK, `${image} is of the webhook's version`)];
  if (found === undefined) return [ok(CHECK, `${image} is named by digest alone, which does not show its version`)];
  return [
    warned(
      CHECK,
      `${image} is of another version than the webhook, which is ${version}`,
      'set toolkit.image of the configuration to the image of that version, or remove the line to use the default',
    ),
  ];
};
