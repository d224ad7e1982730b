import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { FileLines } from "./api.ts";
import { reason } from "./attempt.ts";
import { parseCitation, writeCitation } from "./citation.ts";
import { hostLink } from "./host-link.ts";
import { highlight } from "./markdown.ts";
import { exchanges, hideSource, openSource } from "./state.ts";

/** Lines shown around the cited ones. */
const around = 12;

const languages: Record<string, string> = {
  cs: "csharp", ts: "typescript", tsx: "typescript", js: "javascript", mjs: "javascript", jsx: "javascript", py: "python", go: "go", rs: "rust",
  java: "java", json: "json", yml: "yaml", yaml: "yaml", sh: "bash", sql: "sql", css: "css", html: "xml", xml: "xml", csproj: "xml", props: "xml",
};

export function SourcePanel() {
  const written = openSource.value;
  const citation = written ? parseCitation(written) : undefined;
  const [lines, setLines] = useState<Pick<FileLines, "citation" | "text">>();
  const [problem, setProblem] = useState<string>();
  const [source, setSource] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);

  useEffect(() => {
    setLines(undefined);
    setProblem(undefined);
    if (!citation) {
      // Closed, be it by the button or by the browser's way back.
      if (opener.current instanceof HTMLElement) opener.current.focus();
      opener.current = null;
      return;
    }
    opener.current = document.activeElement;
    heading.current?.focus();
    let current = true;
    // Without it there is merely no link.
    void api.repositories().then((all) => { if (current) setSource(all.find(({ name }) => name === citation.repository)?.source); }, () => setSource(undefined));
    const wider = { ...citation, startLine: Math.max(1, citation.startLine - around), endLine: citation.endLine + around };
    void api.file(writeCitation(wider)).then((read) => { if (current) setLines(read); }, (error) => {
      if (!current) return;
      setProblem(reason(error));
      // The answer brought its cited lines along: they are there even if their repository is not any more.
      setLines(exchanges.value.flatMap((exchange) => exchange.sources).find((source) => writeCitation(source.citation) === written));
    });
    return () => { current = false; };
  }, [written]);

  if (!citation) return null;
  const link = source && hostLink(source, citation);
  const language = languages[citation.path.split(".").at(-1)!.toLowerCase()];
  return (
    <aside class="source" aria-label="Source" onKeyDown={(event) => { if (event.key === "Escape") hideSource(); }}>
      <header>
        <h2 ref={heading} tabIndex={-1}>{citation.path}</h2>
        <button type="button" class="quiet" onClick={hideSource}>Close</button>
      </header>
      <p class="hint">{citation.repository} at {citation.commit.slice(0, 12)}, lines {citation.startLine} to {citation.endLine}{link && <> · <a href={link} target="_blank" rel="noopener noreferrer">Open at {new URL(link).hostname}</a></>}</p>
      {problem && <p class="notice" role="alert">{problem} {lines ? "Shown are the lines that the answer cites." : ""}</p>}
      {lines
        ? (
          <pre class="lines" tabIndex={0}>
            {lines.text.replace(/\n$/, "").split("\n").map((line, at) => {
              const number = lines.citation.startLine + at;
              const cited = number >= citation.startLine && number <= citation.endLine;
              return (
                <div key={number} class={cited ? "cited" : undefined}>
                  <span class="number" aria-hidden="true">{number}</span>
                  <code dangerouslySetInnerHTML={{ __html: highlight(line, language) || " " }} />
                </div>
              );
            })}
          </pre>
        )
        : !problem && <p role="status">Loading…</p>}
    </aside>
  );
}
