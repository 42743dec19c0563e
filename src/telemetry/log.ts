import { Writable } from "node:stream";
import winston from "winston";
import type { Log, LogFields } from "../domain/ports.ts";
import { escapeText, plainOf } from "./line.ts";

const longestLine = 16_384;

export interface LogOptions {
  level: "error" | "warn" | "info" | "debug";
  /** `json` for machines; `pretty` for a person at a terminal. */
  format: "json" | "pretty";
  /** Takes known secrets out of a finished line, in whatever encoding they stand there. */
  redact: (text: string) => string;
  /** Where lines go, each with its line break. Standard error when left out, so that results can be piped. */
  write?: (line: string) => void;
  /** In every line: `{ process: "worker" }`. */
  fields?: LogFields;
  clock?: () => Date;
}

/**
 * The structured log: one JSON object a line, `time`, `level` and `message` first. The message is constant and people
 * appear as ids; what a caller gets wrong, the escape, the caps and the redactor still catch.
 */
export function createLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const clock = options.clock ?? (() => new Date());
  const logger = winston.createLogger({
    level: options.level,
    format: winston.format.printf((info) => {
      const fields = (info as { fields?: LogFields }).fields ?? {};
      const line = { time: clock().toISOString(), level: info.level, message: String(info.message), fields };
      return options.redact(rendered(line, options.format));
    }),
    transports: [new winston.transports.Stream({ stream: lineStream(write), eol: "\n" })],
  });
  return logWith(logger, options.fields ?? {});
}

function logWith(logger: winston.Logger, shared: LogFields): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      if (!logger.isLevelEnabled(level)) return;
      // winston merges `message` and `level` of a meta object into its own: fields travel apart.
      logger.log({ level, message, fields: { ...shared, ...fields } });
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => logWith(logger, { ...shared, ...fields }),
  };
}

interface Line {
  time: string;
  level: string;
  message: string;
  fields: LogFields;
}

/** A value that cannot be read, such as a getter that throws, costs its line its fields and never the caller its work. */
function rendered(line: Line, format: LogOptions["format"]): string {
  try {
    return format === "json" ? jsonLine(line) : prettyLine(line);
  } catch {
    return jsonLine({ ...line, fields: { unprintable: true } });
  }
}

const ownKeys = new Set(["time", "level", "message"]);

function jsonLine({ time, level, message, fields }: Line): string {
  const plain = Object.entries(plainOf(fields) as Record<string, unknown>).map(
    ([key, value]) => [ownKeys.has(key) ? `${key}_` : key, value] as const,
  );
  const whole = { time, level, message: plainOf(message), ...Object.fromEntries(plain) };
  const text = JSON.stringify(whole);
  return text.length <= longestLine
    ? text
    : JSON.stringify({ time, level, message: plainOf(message), truncated: true, length: text.length });
}

function prettyLine({ time, level, message, fields }: Line): string {
  const plain = Object.entries(plainOf(fields) as Record<string, unknown>).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [time.slice(11, 23), level.padEnd(5), escapeText(message), ...plain].join(" ").slice(0, longestLine);
}

/** winston's stream transport needs a stream; ours only hands each line on. */
function lineStream(write: (line: string) => void): NodeJS.WritableStream {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      write(chunk);
      done();
    },
  });
}
