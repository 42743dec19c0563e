/** Keys that sign certificates, and what is published about them. */
export { type KeyFileOptions, type KeyFileSigner, markCompromised, openKeyFileSigner, rotateKey } from "./key-file.ts";
export { jwksOf, trustFileOf } from "./publish.ts";
