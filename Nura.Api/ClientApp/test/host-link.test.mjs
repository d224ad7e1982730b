import assert from "node:assert/strict";
import { test } from "node:test";
import { hostLink } from "../src/host-link.ts";

const cited = { repository: "shop", commit: "0123456789ab", path: "src/a b#.cs", startLine: 3, endLine: 9 };

test("hostLink_KnownHosts_LeadToTheLines", () => {
  assert.equal(hostLink("https://github.com/o/r.git", cited), "https://github.com/o/r/blob/0123456789ab/src/a%20b%23.cs?plain=1#L3-L9");
  assert.equal(hostLink("https://github.example.com/o/r/", { ...cited, endLine: 3 }), "https://github.example.com/o/r/blob/0123456789ab/src/a%20b%23.cs?plain=1#L3");
  assert.equal(hostLink("https://gitlab.example.com:8443/g/s/r.git", cited), "https://gitlab.example.com:8443/g/s/r/-/blob/0123456789ab/src/a%20b%23.cs?plain=1#L3-9");
  assert.equal(hostLink("https://codeberg.org/o/r", cited), "https://codeberg.org/o/r/src/commit/0123456789ab/src/a%20b%23.cs?display=source#L3-L9");
  assert.equal(hostLink("https://bitbucket.org/o/r", cited), "https://bitbucket.org/o/r/src/0123456789ab/src/a%20b%23.cs#lines-3:9");
});

test("hostLink_OtherSources_HaveNone", () => {
  for (const source of ["/home/ann/shop", "C:\\shop", "http://github.com/o/r", "https://git.example.com/r", "ssh://git@github.com/o/r", "documents:handbook", "https://notgithub.com/o/r"]) {
    assert.equal(hostLink(source, cited), undefined);
  }
});
