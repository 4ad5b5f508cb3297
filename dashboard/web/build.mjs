// Builds or tests the page for Maven, repeating a step only if its inputs have changed: a build of the Java code alone
// must not wait for npm.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "target");
const page = join(target, "classes", "io", "tapekeeper", "dashboard", "page");

function npm(...args) {
  const { status, error } = spawnSync("npm", args, {
    cwd: here,
    stdio: "inherit",
    shell: process.platform === "win32", // npm is a script there
  });
  if (error) {
    console.error(`npm does not start (${error.message}). Install Node.js 20.19 or newer.`);
  }
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Runs `work` unless it has already run for the same content and its result still exists. */
function once(stamp, files, result, work) {
  const hash = hashOf(files);
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
    return;
  }
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

const modules = join(here, "node_modules");
const lock = join(here, "package-lock.json");
const sources = [
  lock,
  ...["index.html", "package.json", "tsconfig.json", "vite.config.ts"].map((n) => join(here, n)),
  ...filesUnder(join(here, "src")),
  ...filesUnder(join(here, "public")),
];
once(join(modules, ".tapekeeper-lock"), [lock], modules, () => npm("ci"));
if (process.argv[2] === "test") {
  once(join(target, "page-tested"), sources, modules, () => npm("run", "test", "--silent"));
} else {
  once(join(target, "page-built"), sources, join(page, "index.html"), () =>
    npm("run", "build", "--silent"),
  );
}
