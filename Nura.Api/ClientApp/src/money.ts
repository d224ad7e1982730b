// Two digits that count, and cents at least: a call often costs a small part of a cent.
const format = new Intl.NumberFormat("en-US", {
  style: "currency", currency: "USD", roundingPriority: "morePrecision",
  minimumFractionDigits: 2, maximumFractionDigits: 2, minimumSignificantDigits: 2, maximumSignificantDigits: 2,
});

/** An amount of US dollars; what costs something never reads as nothing. */
export const money = (dollars: number): string => (dollars === 0 ? "$0" : format.format(dollars));
