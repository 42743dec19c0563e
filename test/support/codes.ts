/** The code of what a function throws, "nothing" when it returns, or the error itself when it carries no code. */
export function codeThrownBy(act: () => unknown): unknown {
  try {
    act();
    return "nothing";
  } catch (thrown) {
    return codeOf(thrown);
  }
}

/** The same for a promise. */
export async function codeRejectedBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "nothing", codeOf);
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : thrown;
}
