import { z } from "zod";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span as an operator writes it (`0s`, `90m`, `7d`), in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}[smhd]$/, "expected a number and one of s, m, h, d")
  .transform((text) => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs]);
