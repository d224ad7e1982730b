import type { RatingSum } from "./api.ts";

/** What people say of answers by one dimension, the most rated first. */
export function RatingTable({ by, sums }: { by: string; sums: RatingSum[] }) {
  return (
    <>
      <h2 id="ratings">What people say of the answers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="ratings">
        <table class="figures">
          <thead><tr><th scope="col">{by}</th><th scope="col">Good</th><th scope="col">Bad</th><th scope="col">Share of good</th></tr></thead>
          <tbody>
            {sums.toSorted((a, b) => b.good + b.bad - a.good - a.bad).map(({ group, good, bad }) => (
              <tr key={group[by]}>
                <th scope="row">{group[by] || "none"}</th>
                <td>{good.toLocaleString("en")}</td>
                <td>{bad.toLocaleString("en")}</td>
                <td>{Math.round(100 * good / (good + bad))} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
