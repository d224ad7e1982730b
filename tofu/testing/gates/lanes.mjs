// Spreads work over a few tools, each with its own provider process and its own copy of the tree.
import { OfflineTool, copyTree } from './tool.mjs';

export async function openLanes(count, tool, options) {
  const lanes = await Promise.all(Array.from({ length: count }, async (_, index) => {
    const { tree, dispose } = copyTree();
    const runner = await new OfflineTool(tool, { ...options, trace: options?.trace && `${options.trace}.${index}` }).start();
    return { runner, tree, dispose };
  }));
  return {
    /** Results of `work(runner, tree, item)` in the order of the items. The first error ends it. */
    async map(items, work) {
      const results = [];
      let next = 0;
      await Promise.all(lanes.map(async ({ runner, tree }) => {
        while (next < items.length) {
          const index = next++;
          results[index] = await work(runner, tree, items[index]);
        }
      }));
      return results;
    },
    async close() {
      for (const { runner, dispose } of lanes) {
        await runner.stop();
        dispose();
      }
    },
  };
}
