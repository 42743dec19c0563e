import DefaultSequencer from "@jest/test-sequencer";

/** Files that take a minute and more, however small they are: begun last, one of them would run alone at the end. */
const slow = /[\\/](conformance|teeth|toy|rotation-cuts|offboard)\.test\.ts$|[\\/]e2e[\\/]/;

/** Jest's own order, but for the slow files, which come first: on a fresh clone it knows nothing but their sizes. */
export default class SlowestFirst extends DefaultSequencer {
  async sort(tests) {
    const usual = await super.sort(tests);
    return usual.toSorted((a, b) => Number(slow.test(b.path)) - Number(slow.test(a.path)));
  }
}
