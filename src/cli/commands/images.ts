import { Option, type Command } from 'commander';
import { IMAGE_FORMS, type ImagesOptions } from '../options/images.ts';

/** `buildless images`. */
export function addImages(program: Command): void {
  program
    .command('images')
    .summary('list the images to mirror')
    .description(
      'Lists every image that an installation and its Functions pull: those of Buildless, and of each runtime of the ' +
        'configuration. If the configuration has images.registry, the name of the copy there follows.',
    )
    .option('--config <file>', 'the configuration; - for standard input; default: the built-in one')
    .addOption(new Option('-o, --output <form>', 'form of the output').choices([...IMAGE_FORMS]).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  buildless images
  buildless images --config config.yaml -o json |
    jq -r '.[] | "\\(.image) \\(.mirror)"' |
    while read -r image mirror; do crane copy "$image" "$mirror"; done

Exit status: 0 done, 2 wrong input.`,
    )
    .action(async (options: ImagesOptions) => {
      const { printImages } = await import('../actions/images.ts');
      process.exitCode = await printImages(options);
    });
}
