import DOMPurify from "dompurify";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { Marked } from "marked";
import type { Token } from "marked";
import { citationPattern, parseCitation, shortCitation } from "./citation.ts";

for (const [name, language] of Object.entries({ bash, csharp, css, go, java, javascript, json, python, rust, sql, typescript, xml, yaml })) {
  hljs.registerLanguage(name, language);
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Code as HTML; longer than this it stays plain, so that one huge block cannot freeze the page. */
const highlightLimit = 60_000;

export function highlight(code: string, language: string | undefined): string {
  const known = language && hljs.getLanguage(language) ? language : undefined;
  return known && code.length < highlightLimit ? hljs.highlight(code, { language: known }).value : escape(code);
}

const marked = new Marked({
  gfm: true,
  renderer: {
    code: ({ text, lang }) => {
      const language = lang?.split(/\s/)[0];
      return `<div class="code"><div class="code-bar"><span>${escape(language ?? "")}</span><button type="button" class="copy">Copy</button></div>`
        + `<pre tabindex="0"><code>${highlight(text, language)}</code></pre></div>`;
    },
    // An image fetched from elsewhere could carry text out of the conversation: its description is all that is shown.
    image: ({ text }) => escape(text || "(image)"),
    html: ({ text }) => escape(text),
  },
  extensions: [{
    name: "citation",
    level: "inline",
    start: (source) => source.indexOf("["),
    tokenizer: (source) => {
      const match = citationPattern.exec(source);
      return match?.index === 0 && parseCitation(match[1]!) ? { type: "citation", raw: match[0], written: match[1] } : undefined;
    },
    renderer: (token) => {
      const citation = parseCitation(token.written)!;
      return `<button type="button" class="cite" data-cite="${escape(token.written)}" title="${escape(token.written)}">${escape(shortCitation(citation))}</button>`;
    },
  }],
});

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
});

const allowed = {
  ALLOWED_TAGS: ["a", "blockquote", "br", "button", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ALLOWED_ATTR: ["class", "href", "title", "type", "data-cite", "start", "align", "tabindex"],
  ALLOWED_URI_REGEXP: /^https?:/i,
  // Their values are not addresses; without this they would be held to the pattern above and dropped.
  ADD_URI_SAFE_ATTR: ["align", "start", "tabindex", "type"],
};

/** Turns a growing Markdown text into HTML blocks; a block that is finished is never parsed again. */
export class StreamingMarkdown {
  private finished: string[] = [];
  private offset = 0;

  render(written: string): string[] {
    // The lexer does the same, and its tokens would then be shorter than what they were read from.
    const text = written.replace(/\r\n?/g, "\n");
    const tokens = marked.lexer(text.slice(this.offset));
    // The last block may still grow, and blank lines after it belong to no block: keep both open.
    const open = tokens.findLastIndex((token) => token.type !== "space");
    for (const token of tokens.slice(0, Math.max(open, 0))) {
      this.offset += token.raw.length;
      if (token.type !== "space") this.finished.push(toHtml([token]));
    }
    return [...this.finished, toHtml(tokens.slice(Math.max(open, 0)))];
  }
}

const toHtml = (tokens: Token[]): string => DOMPurify.sanitize(marked.parser(tokens), allowed);
