import type { Budget } from "./api.ts";
import { money } from "./money.ts";

const periods = { day: "a day", month: "a month", total: "altogether" };

/** How far budgets are used up, in their present periods. */
export const BudgetTable = ({ budgets }: { budgets: Budget[] }) => (
  <>
    <h2 id="budgets">Budgets</h2>
    <div class="scroll" tabIndex={0} role="region" aria-labelledby="budgets">
      <table class="figures">
        <thead><tr><th scope="col">Budget</th><th scope="col">For</th><th scope="col">Spent</th><th scope="col">Limit</th><th scope="col">Used</th><th scope="col">Starts anew</th></tr></thead>
        <tbody>
          {budgets.map(({ name, scope, id, period, limit, spent, anew }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{scope === "all" ? "everybody" : `${scope} ${id}`}</td>
              <td>{money(spent)}</td>
              <td>{money(limit)} {periods[period]}</td>
              <td class={spent >= limit * 0.9 ? "bad" : undefined}>{limit > 0 ? `${Math.floor(100 * spent / limit)} %` : ""}</td>
              <td>{anew ?? "never"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
);
