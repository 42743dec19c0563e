/** One Jest project per kind of test, so that each can be run alone: `npm run test -- --selectProjects unit`. */
const shared = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2023", experimental: { keepImportAttributes: true } },
        module: { type: "es6" },
      },
    ],
  },
};
const project = (displayName, folder, more = {}) => ({
  ...shared,
  displayName,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  ...more,
});

export default {
  projects: [
    project("unit", "unit"),
    project("connectors", "connectors"),
    project("integration", "integration"),
    project("browser", "browser"),
    project("e2e", "e2e"),
  ],
  testSequencer: "<rootDir>/tools/slowest-first.js",
  testTimeout: 60_000,
};
