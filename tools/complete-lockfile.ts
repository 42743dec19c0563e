/**
 * `npm run lock:complete`, after every change of dependencies: adds what npm leaves out of package-lock.json. For an optional
 * package that the registry in use does not have (mirrors often lack other platforms' binaries) npm writes no entry, and
 * `npm ci` then refuses the whole lock as out of step. The entries name version and platform only; where the package
 * exists, npm fetches it, and where it does not, it is optional.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface Locked {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Locked> };
const { packages } = lock;

/** Parts of platform packages' names, as npm spells the platform. */
const systems: Record<string, string> = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  openharmony: "openharmony",
  win32: "win32",
  aix: "aix",
  sunos: "sunos",
  wasm32: "wasi",
  wasi: "wasi",
};
const processors = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64", "wasm32"];

let added = 0;
for (const [place, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (packages[`node_modules/${name}`] !== undefined || packages[`${place}/node_modules/${name}`] !== undefined)
      continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      throw new Error(`${place} asks for ${name}@${version}: only exact versions can be added`);
    const parts = name.split(/[/-]/);
    const os = parts.flatMap((part) => systems[part] ?? []);
    const cpu = processors.filter((processor) => parts.includes(processor)).slice(0, 1);
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(dev === true ? { dev } : {}),
      optional: true,
      ...(os.length > 0 ? { os: os.slice(0, 1) } : {}),
    };
    added += 1;
  }
}
const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(added === 0 ? "package-lock.json is complete." : `Added ${added} optional packages to package-lock.json.`);
