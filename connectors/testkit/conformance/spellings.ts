/**
 * The ways in which a secret could show up in a text. Written for the judge alone: it shares nothing with the redactor whose
 * work it judges.
 */
export function spellingsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  return [
    ...new Set([
      secret,
      json,
      JSON.stringify(json).slice(1, -1),
      url,
      url.toLowerCase(),
      encodeURIComponent(url),
      new URLSearchParams({ v: secret }).toString().slice(2),
      Buffer.from(secret).toString("hex"),
      Buffer.from(secret).toString("hex").toUpperCase(),
      Buffer.from(secret, "utf16le").toString("base64").replace(/=+$/, ""),
      ...withinBase64(secret),
      Array.from(secret).reverse().join(""),
    ]),
  ];
}

/** What base64 of any longer text that holds the secret must contain, for each of the three ways it can lie in it. */
function withinBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before, "x"), Buffer.from(secret)]).toString("base64");
    // The first group also holds what lies before, the last one what follows.
    const inner = whole.replace(/=+$/, "").slice(before === 0 ? 0 : 4, -4);
    return inner.length < 8 ? [] : [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** The secrets that a text holds in any spelling, each by its first three characters, which tell it and do not repeat it. */
export function secretsIn(text: string, secrets: readonly string[]): readonly string[] {
  return secrets
    .filter((secret) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
    .map((secret) => `${secret.slice(0, 3)}...`);
}
