import type { UsageSum } from "./api.ts";
import { money } from "./money.ts";

/** Sums by one dimension, the dearest first. */
export function UsageTable({ by, sums, names }: { by: string; sums: UsageSum[]; names: Map<string, string> }) {
  const name = (sum: UsageSum) => names.get(sum.group[by]!) ?? (sum.group[by] || "none");
  return (
    <>
      <h2 id="sums">By {by}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="sums">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{by}</th><th scope="col">Cost</th><th scope="col">Calls</th><th scope="col">Failed</th><th scope="col">Input tokens</th>
              <th scope="col">From prompt caches</th><th scope="col">Output tokens</th><th scope="col">Saved</th>
            </tr>
          </thead>
          <tbody>
            {sums.toSorted((a, b) => b.cost - a.cost || b.calls - a.calls).map((sum) => (
              <tr key={sum.group[by]}>
                <th scope="row">{name(sum)}</th>
                <td>{money(sum.cost)}</td>
                <td>{sum.calls.toLocaleString("en")}</td>
                <td class={sum.failed > 0 ? "bad" : undefined}>{sum.failed.toLocaleString("en")}</td>
                <td>{sum.inputTokens.toLocaleString("en")}</td>
                <td>{sum.cacheReadTokens.toLocaleString("en")}</td>
                <td>{sum.outputTokens.toLocaleString("en")}</td>
                <td>{money(sum.promptCacheSaved + sum.answerCacheSaved)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
