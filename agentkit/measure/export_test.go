package measure

import "slices"

// Exercised are the instruments that the scenarios of this package's tests must
// record. What the packages on stores tell is read in their own tests.
var Exercised = slices.Concat(calls, health)
