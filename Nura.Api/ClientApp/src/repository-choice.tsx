import { useId } from "preact/hooks";
import type { Repository } from "./api.ts";

/** Every repository (`null`), or those chosen. */
export function RepositoryChoice({ legend, repositories, chosen, choose }: {
  legend: string; repositories: Repository[]; chosen: string[] | null; choose: (ids: string[] | null) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      <label><input type="radio" name={name} checked={chosen === null} onChange={() => choose(null)} />Every repository</label>
      <label><input type="radio" name={name} checked={chosen !== null} onChange={() => choose([])} />Only these</label>
      {chosen && (
        <div class="boxes">
          {repositories.map(({ id, name }) => (
            <label key={id}>
              <input type="checkbox" checked={chosen.includes(id)} onChange={(event) => choose(event.currentTarget.checked ? [...chosen, id] : chosen.filter((other) => other !== id))} />
              {name}
            </label>
          ))}
          {chosen.length === 0 && <p class="hint">While none is chosen the key sees no repository.</p>}
        </div>
      )}
    </fieldset>
  );
}
