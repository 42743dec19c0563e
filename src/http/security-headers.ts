import helmet from "helmet";
import type { RequestHandler } from "express";

/**
 * Headers of every answer: no script, style or frame but our own files (T32, T34). `same-origin` as referrer policy,
 * because under `no-referrer` a browser sends `Origin: null` with our own forms and the origin check would refuse them.
 * @see https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/referrer-policy/
 */
export function securityHeaders({ publicUrl }: { publicUrl: string }): RequestHandler {
  const isHttps = publicUrl.startsWith("https:");
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: "deny" },
  });
}
