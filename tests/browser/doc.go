// Package browser opens the pages that drills write in a real headless Chromium: without a network, wide and narrow,
// in the dark, and on paper; and the page of redoubt serve, beside homes on the simulated regions that are broken and
// healed. The tests need the build tag apps, Debian's packages chromium and poppler-utils, the Pulumi CLI of make tools,
// and are run by make test-browser.
package browser
