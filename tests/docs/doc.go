// Package docs holds the documents to what is there: paths, links, shown
// output, and words that belong to nobody's machine.
package docs
