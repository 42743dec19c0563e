import { createHash } from "node:crypto";
import { Router } from "express";
import { notFound } from "../../problem.ts";
import { pageScript } from "./script.ts";
import { styleSheet } from "./style.ts";

interface Asset {
  path: string;
  type: string;
  text: string;
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { path: `/assets/${name}.${digest}.${extension}`, type, text };
}

const iconImage = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1f5ae0" stroke-width="2.4" stroke-linecap="round"><circle cx="10" cy="7" r="4"/><path d="M3 21v-1a6 6 0 0 1 6-6h3M16 19h6"/></svg>`;

/** Named by their digest, so a browser may keep them for ever and never shows an old one. */
export const assets = {
  style: asset("lastday", "css", "text/css; charset=utf-8", styleSheet),
  icon: asset("lastday", "svg", "image/svg+xml", iconImage),
  script: asset("lastday", "js", "text/javascript; charset=utf-8", pageScript),
};

export function assetRouter(): Router {
  const router = Router();
  for (const { path, type, text } of Object.values(assets))
    router.get(path, (_req, res) => {
      res.set("cache-control", "public, max-age=31536000, immutable").type(type).send(text);
    });
  router.use("/assets", () => {
    throw notFound();
  });
  return router;
}
