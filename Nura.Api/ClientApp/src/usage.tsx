import { useEffect, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { Budget, RatingSum, UsageSum } from "./api.ts";
import { attempt } from "./attempt.ts";
import { BudgetTable } from "./budget-table.tsx";
import { CostChart } from "./cost-chart.tsx";
import { costPerDay, lastDays } from "./days.ts";
import { download } from "./download.ts";
import { money } from "./money.ts";
import { RatingTable } from "./rating-table.tsx";
import { UsageTable } from "./usage-table.tsx";
import { admin, person } from "./who.ts";

const spans = [7, 30, 90];
const dimensions = ["model", "key", "user", "team", "agent", "provider"];
/** Of one's own calls nothing else differs. */
const ownDimensions = ["model", "agent"];
/** What people say of answers is known by these. */
const rated = ["model", "team", "agent"];

interface Report { days: string[]; by: string; perDay: UsageSum[]; groups: UsageSum[]; ratings: RatingSum[]; budgets: Budget[]; names: Map<string, string> }

async function read(count: number, by: string): Promise<Report> {
  const days = lastDays(new Date(), count);
  const [from, to] = [days[0]!, days.at(-1)!];
  const [perDay, groups, budgets, ratings, keys] = await Promise.all([api.usage(from, to, "day"), api.usage(from, to, by), api.budgets(), admin.value && rated.includes(by) ? api.ratings(from, to, by) : [], by === "key" ? api.keys() : []]);
  return { days, by, perDay, groups, ratings, budgets, names: new Map([[firstKey, "first key"], ...keys.map((key) => [key.id, key.name] as const)]) };
}

/** The key of the configuration is in no list. */
const firstKey = "00000000-0000-0000-0000-000000000000";

const offered = () => (admin.value ? dimensions : ownDimensions);

/** What the page's address chooses; what it does not name, or what there is not, is as usual. */
function chosen(): { days: number; by: string } {
  const query = new URLSearchParams(location.search);
  return {
    days: spans.find((days) => String(days) === query.get("days")) ?? 30,
    by: offered().find((name) => name === query.get("by")) ?? "model",
  };
}

export function Usage() {
  const [{ days: count, by }, setChoice] = useState(chosen);
  const [tries, setTries] = useState(0);
  const [report, setReport] = useState<Report | "loading" | "failed">("loading");

  useEffect(() => {
    let current = true;
    setReport("loading");
    void attempt(() => read(count, by)).then((got) => { if (current) setReport(got ?? "failed"); });
    return () => { current = false; };
  }, [count, by, tries]);

  const choose = (days: number, by: string) => {
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ days: String(days), by })}`);
    setChoice({ days, by });
  };

  return (
    <div class="page">
      <h1>Usage</h1>
      {!admin.value && <p>What you have asked, and what it cost{person.value ? ", with all keys of your own" : ""}.</p>}
      <p class="choices">
        <label>Time
          <select value={count} onChange={(event) => choose(Number(event.currentTarget.value), by)}>
            {spans.map((days) => <option key={days} value={days}>Last {days} days</option>)}
          </select>
        </label>
        <label>Sums by
          <select value={by} onChange={(event) => choose(count, event.currentTarget.value)}>
            {offered().map((name) => <option key={name}>{name}</option>)}
          </select>
        </label>
      </p>
      {report === "loading" && <p role="status">Loading…</p>}
      {report === "failed" && <p>The usage could not be read. <button type="button" onClick={() => setTries(tries + 1)}>Try again</button></p>}
      {typeof report === "object" && <Found report={report} />}
    </div>
  );
}

function Found({ report: { days, by, perDay, groups, ratings, budgets, names } }: { report: Report }) {
  const [from, to] = [days[0]!, days.at(-1)!];
  const sum = (of: (day: UsageSum) => number) => perDay.reduce((total, day) => total + of(day), 0);
  const count = (of: (day: UsageSum) => number) => sum(of).toLocaleString("en");
  const failed = sum((day) => day.failed);
  return (
    <>
      <p class="hint">{from} to {to}, both included. Days are those of UTC.</p>
      <dl class="sums">
        <div><dt>Cost in US dollars</dt><dd>{money(sum((day) => day.cost))}</dd></div>
        <div><dt>Calls</dt><dd>{count((day) => day.calls)}</dd></div>
        <div class={failed > 0 ? "failed" : undefined}><dt>Failed calls</dt><dd>{failed.toLocaleString("en")}</dd></div>
        <div><dt>Input tokens</dt><dd>{count((day) => day.inputTokens)}</dd></div>
        <div><dt>Output tokens</dt><dd>{count((day) => day.outputTokens)}</dd></div>
        <div><dt>Saved by prompt caches</dt><dd>{money(sum((day) => day.promptCacheSaved))}</dd></div>
        <div><dt>Saved by kept answers</dt><dd>{money(sum((day) => day.answerCacheSaved))}</dd></div>
      </dl>
      {perDay.length === 0
        ? <p>No calls in this time.</p>
        : (
          <>
            <CostChart days={days} costs={costPerDay(days, perDay)} />
            <UsageTable by={by} sums={groups} names={names} />
            <button type="button" onClick={() => download(() => api.usageCsv(from, to, by), `usage-by-${by}-${from}-${to}.csv`)}>Download as CSV</button>
          </>
        )}
      {budgets.length > 0 && <BudgetTable budgets={budgets} />}
      {ratings.length > 0 && <RatingTable by={by} sums={ratings} />}
    </>
  );
}
