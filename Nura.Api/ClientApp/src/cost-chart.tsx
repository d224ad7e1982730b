import { money } from "./money.ts";

/** The height of the chart in its own units. */
const top = 100;

/** One bar a day, and the same as a table for those who do not see it. */
export function CostChart({ days, costs }: { days: string[]; costs: number[] }) {
  const most = Math.max(...costs);
  // A day that cost little beside the dearest one still shows.
  const height = (cost: number) => (cost > 0 ? Math.max(cost / most * top, 1.5) : 0);
  const told = most > 0 ? `Most on ${days[costs.indexOf(most)]}: ${money(most)}.` : "No day cost anything.";
  return (
    <figure class="chart">
      <figcaption>Cost per day. {told}</figcaption>
      <svg viewBox={`0 0 ${days.length} ${top}`} preserveAspectRatio="none" role="img" aria-label={`Cost per day as bars, ${days[0]} to ${days.at(-1)}. ${told}`}>
        {days.map((day, at) => (
          <g key={day}>
            <title>{day}: {money(costs[at]!)}</title>
            <rect class="day" x={at} y={0} width={1} height={top} />
            <rect class="bar" x={at + 0.1} y={top - height(costs[at]!)} width={0.8} height={height(costs[at]!)} />
          </g>
        ))}
      </svg>
      <p class="ends hint" aria-hidden="true"><span>{days[0]}</span><span>{days.at(-1)}</span></p>
      <details>
        <summary>Each day's cost</summary>
        <div class="scroll days" tabIndex={0} role="region" aria-label="Each day's cost">
          <table class="figures">
            <thead><tr><th scope="col">Day</th><th scope="col">Cost</th></tr></thead>
            <tbody>{days.map((day, at) => <tr key={day}><th scope="row">{day}</th><td>{money(costs[at]!)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
