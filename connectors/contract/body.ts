import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** An answer's body that is not taken in: too large, or in an encoding nobody asked for. */
export class BodyRefusal extends Error {
  override readonly name = "BodyRefusal";
}

const decoders = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/**
 * Reads a body to its end, or refuses it at the byte that is too many, before and after decompression: a small
 * zipped answer must not become a large one in memory.
 *
 * @throws {BodyRefusal} when it is larger than `maxBytes` or cannot be decompressed.
 */
export async function readBody(
  body: Readable,
  { encoding, length, maxBytes }: { encoding: string | undefined; length: string | undefined; maxBytes: number },
): Promise<Buffer> {
  if (length !== undefined && Number(length) > maxBytes) return refuse(body, tooLarge(maxBytes));
  const chunks: Buffer[] = [];
  async function collect(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) chunks.push(chunk);
  }
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "") {
    await pipeline(body, meter(maxBytes), collect);
    return Buffer.concat(chunks);
  }
  if (!Object.hasOwn(decoders, name)) return refuse(body, "is in an encoding that was not asked for");
  const decoder = decoders[name as keyof typeof decoders]();
  await pipeline(body, meter(maxBytes), decoder, meter(maxBytes), collect);
  return Buffer.concat(chunks);
}

/** Hangs up. What the stream says about that is nobody's concern, and without a listener it would end the process. */
function refuse(body: Readable, why: string): never {
  body.on("error", () => undefined).destroy();
  throw new BodyRefusal(why);
}

function meter(maxBytes: number): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (source) {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      if (total > maxBytes) throw new BodyRefusal(tooLarge(maxBytes));
      yield chunk;
    }
  };
}

function tooLarge(maxBytes: number): string {
  return `is larger than ${maxBytes} bytes`;
}
