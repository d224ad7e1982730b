// Violations that are meant. Each names one rule, one root, the resource, the reason, and the day it ends:
// then somebody has to think again.
export const exemptions = [];
