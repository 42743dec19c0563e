#!/usr/bin/env node
// An auditor's check needs none of what a server needs, so it does not wait for it to load.
if (process.argv[2] === "verify") {
  const [{ Command }, { registerVerify }] = await Promise.all([import("commander"), import("./verify/index.ts")]);
  const program = new Command("lastday");
  registerVerify(program);
  await program.parseAsync(process.argv.slice(2), { from: "user" });
} else {
  await import("./wire.ts");
}
