/**
 * Builds the site: the guides of docs/ and a page for each public symbol, into `site/` or the folder
 * that is named.
 *
 * @module
 */
import {
  Application,
  Comment,
  CommentTag,
  type Context,
  Converter,
  type DeclarationReflection,
  type DocumentReflection,
  ReflectionKind,
} from "typedoc";
import { fileURLToPath } from "node:url";

/** What a symbol's folder is called in the sidebar; the first that its path begins with counts. */
const CATEGORIES: readonly (readonly [folder: string, category: string])[] = [
  ["core/experiment/", "Experiments"],
  ["core/ablate/", "Experiments"],
  ["core/interfaces/", "Interfaces"],
  ["plugins/data/", "Data sources"],
  ["plugins/augment/", "Augments"],
  ["plugins/degrade/", "Degradations"],
  ["plugins/generators/", "Generators"],
  ["plugins/discriminators/", "Discriminators"],
  ["plugins/layers/", "Layers"],
  ["plugins/losses/", "Losses"],
  ["plugins/optimizers/", "Optimizers"],
  ["plugins/schedules/", "Schedules"],
  ["plugins/metrics/", "Metrics"],
  ["plugins/callbacks/", "Callbacks"],
  ["plugins/launchers/", "Launchers"],
  ["core/train/", "Runs and predictions"],
  ["core/runs/", "Runs and predictions"],
  ["core/predict/", "Runs and predictions"],
  ["core/report/", "Runs and predictions"],
  ["core/backends/", "Engines"],
  ["tests/conformance/", "Conformance suites"],
  ["core/", "Tools for plug-ins"],
];

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/");

/** Names a guide by its heading, and puts guides first. */
function nameGuide(_: unknown, guide: DocumentReflection): void {
  const text = guide.content.map((part) => part.text).join("");
  guide.name = /^# (.+)$/m.exec(text)?.[1] ?? guide.name;
  guide.frontmatter["category"] = "Guides";
}

/** Puts all symbols on one level, grouped by the folder that they come from. */
function arrange({ project }: Context): void {
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    project.mergeReflections(module as DeclarationReflection, project);
  }
  for (const symbol of project.children ?? []) {
    const path = project.getSymbolIdFromReflection(symbol)?.fileName?.replace(ROOT, "") ?? "";
    const category = CATEGORIES.find(([folder]) => path.startsWith(folder))?.[1];
    if (category === undefined) throw new Error(`Cannot find a category for ${path}`);
    const tag = new CommentTag("@category", [{ kind: "text", text: category }]);
    for (const documented of [symbol, ...symbol.signatures ?? []]) {
      documented.comment ??= new Comment();
      documented.comment.blockTags.push(tag);
    }
  }
  // The page has the project's name above it.
  for (const part of project.readme ?? []) part.text = part.text.replace(/^# Pairlab\n/, "");
}

/** Names the one parameter that a function takes apart in its signature. */
function nameOptions({ project }: Context): void {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name === "__namedParameters") parameter.name = "options";
  }
}

const site = await Application.bootstrap({
  name: "Pairlab",
  out: Deno.args[0] ?? `${ROOT}site`,
  readme: `${ROOT}README.md`,
  entryPoints: [`${ROOT}mod.ts`, `${ROOT}tests/conformance/mod.ts`],
  projectDocuments: [`${ROOT}docs/*.md`, `${ROOT}dataset/README.md`],
  basePath: ROOT,
  compilerOptions: {
    allowImportingTsExtensions: true,
    lib: ["esnext", "dom"],
    module: "esnext",
    moduleResolution: "bundler",
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    target: "esnext",
    types: [],
  },
  // `deno task check` checks the types; here Deno's own are unknown.
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  disableSources: true,
  hideGenerator: true,
  customCss: `${ROOT}docs/site/site.css`,
  highlightLanguages: ["bash", "csv", "javascript", "json", "python", "typescript"],
  navigation: { includeCategories: true, includeGroups: false },
  categorizeByGroup: false,
  kindSortOrder: ["Function", "Class", "Variable", "Interface", "TypeAlias"],
  categoryOrder: ["Guides", ...new Set(CATEGORIES.map(([, category]) => category))],
  searchInDocuments: true,
});
site.converter.on(Converter.EVENT_CREATE_DOCUMENT, nameGuide);
site.converter.on(Converter.EVENT_RESOLVE_BEGIN, arrange);
site.converter.on(Converter.EVENT_RESOLVE_END, nameOptions);

const project = await site.convert();
if (project === undefined) Deno.exit(1);
site.validate(project);
await site.generateOutputs(project);
if (site.logger.hasErrors() || site.logger.hasWarnings()) Deno.exit(1);
