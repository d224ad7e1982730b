import assert from "node:assert/strict";
import { test } from "node:test";
import { costPerDay, lastDays } from "../src/days.ts";

test("lastDays_AcrossAMonthAndALeapDay_AreAllThereOldestFirst", () => {
  assert.deepEqual(lastDays(new Date("2028-03-01T00:00:00Z"), 3), ["2028-02-28", "2028-02-29", "2028-03-01"]);
  assert.deepEqual(lastDays(new Date("2026-01-01T23:59:59.999Z"), 2), ["2025-12-31", "2026-01-01"]);
});

test("lastDays_OtherZone_AreThoseOfUtc", () => {
  assert.deepEqual(lastDays(new Date("2026-11-30T23:30:00-05:00"), 1), ["2026-12-01"]);
});

test("lastDays_Ninety_AreNinetyDifferentOnes", () => {
  assert.equal(new Set(lastDays(new Date("2026-11-30T12:00:00Z"), 90)).size, 90);
});

test("costPerDay_DaysWithoutCalls_AreZero", () => {
  const sums = [{ group: { day: "2026-11-28" }, cost: 0.5 }, { group: { day: "2026-11-30" }, cost: 2 }];

  assert.deepEqual(costPerDay(["2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"], sums), [0, 0.5, 0, 2]);
});

test("costPerDay_NoCalls_IsZeroEveryDay", () => {
  assert.deepEqual(costPerDay(["2026-11-29", "2026-11-30"], []), [0, 0]);
});
