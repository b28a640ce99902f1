// Package browser opens the pages that drills write in a real headless Chromium: without a network, wide and narrow,
// in the dark, and on paper. The tests need the build tag apps, Debian's packages chromium and poppler-utils, and
// are run by make test-browser.
package browser
