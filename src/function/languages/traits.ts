import type { Api } from '../api.ts';
import type { Handler, SourceView } from '../handler.ts';

/** A runtime, but for its language. */
export interface LanguageRuntime {
  /** Image that the Function's container and `buildless-install` run; glibc by default, as musl breaks native packages. */
  readonly image: string;
  /** Version of the language as `MAJOR` (Node.js) or `MAJOR.MINOR` (Python). */
  readonly version: string;
  /** Command that starts the language's interpreter in the image. */
  readonly interpreter: string;
  /** C library of the image, `glibc` if it is left out: what the toolkit installs must fit to it. */
  readonly libc?: 'glibc' | 'musl';
  /** Set if the runtime should not be used any more: what to use instead. */
  readonly deprecated?: string;
}

/** An interpreter that runs a language's programs and is not the language's own. */
export interface Engine {
  /** As a runtime names it. */
  readonly command: string;
  /** Name for messages. */
  readonly title: string;
  /** Env of every Function's container that it runs. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program that installs the dependencies of a source. */
export interface Installer {
  readonly name: string;
  /**
   * `toolkit`: it comes with the toolkit and runs in `buildless-prepare`, so that there is no second init container.
   * `runtime`: it is in the runtime's image, where `buildless-install` runs it.
   */
  readonly runsIn: 'toolkit' | 'runtime';
  /** Of one that runs in the runtime's image: `buildless-prepare` can take over from another with it. */
  readonly alsoInToolkit?: true;
}

/** What `src/function` and whoever knows nothing but it have to know of a language. */
export interface LanguageTraits {
  /** Name for messages. */
  readonly title: string;
  /** How its versions are written in the catalogue, and the oldest that its server and its installer run on. */
  readonly version: { readonly pattern: RegExp; readonly fix: string; readonly oldest: string };
  /** Those of the catalogue as shipped. Images carry full versions: what is `latest` today is not tomorrow. */
  readonly runtimes: Readonly<Record<string, LanguageRuntime>>;
  /** Names that the runtimes' images have for their interpreter beside the one in the catalogue. */
  readonly interpreterAliases: readonly string[];
  /**
   * Other interpreters that run the language's programs, by the names of their commands. Their images have none of the
   * language's installers, so the toolkit installs.
   */
  readonly engines?: Readonly<Record<string, Engine>>;
  /** Extensions of a handler's file, the preferred first. */
  readonly extensions: readonly string[];
  /** What FILE of FILE.EXPORT may stand for, each without its extension; itself alone if this is left out. */
  readonly handlerStems?: (file: string) => readonly string[];
  /** The handler of a source whose author names none, if the source has a say; undefined for the default one. */
  readonly handlerOfSource?: (source: SourceView) => Handler | undefined;
  /** In the order in which they are preferred if their result is the same; none for a language without packages. */
  readonly installers: readonly Installer[];
  /** Files that name dependencies; a source without any of them has nothing to install. */
  readonly dependencyFiles: readonly string[];
  /** Folder of the installed packages, below the Function's own. */
  readonly packages: string;
  /** The key that a registry Secret must have. */
  readonly registryFile: string;
  /** APIs of handlers that its server has. */
  readonly apis: readonly Api[];
  /** Path in the Pod of the HTTP server. */
  readonly server: string;
  /** Path in the Pod of the program that `buildless-install` runs. */
  readonly installer: string;
  /**
   * Port where the server answers the liveness probe from a thread or process of its own, as it cannot at the Function's
   * port while the handler computes (Node.js) or keeps the interpreter's lock (Python).
   */
  readonly healthPort?: number;
  /** Whether that program compares what it installed with what the namespace's level lets pass, and is told the level. */
  readonly installerTakesLevel?: true;
  /** Env of every Function's container, with the HTTP server or without. */
  readonly env: Readonly<Record<string, string>>;
  /** Env of the HTTP server only. */
  readonly serverEnv: Readonly<Record<string, string>>;
  /**
   * The variable by which the interpreter finds the installed dependencies in a container with its own command; left out if
   * it needs none.
   */
  readonly searchPath?: { readonly name: string; readonly value: string };
}
