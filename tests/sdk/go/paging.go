package main

import (
	"slices"

	"github.com/svix/svix-webhooks/go/models"
)

// page is what counts of a page of any list.
type page struct {
	ids            []string
	done           bool
	next, previous *string
}

// cursor is what every list can be asked for.
type cursor struct {
	limit    *uint64
	iterator *string
	order    *models.Ordering
}

type pageAt func(cursor) page

// pageOf makes a page of an answer; id tells its entries apart.
func pageOf[T any](data []T, id func(T) string, done bool, next, previous *string) page {
	return page{idsOf(data, id), done, next, previous}
}

func idsOf[T any](data []T, id func(T) string) []string {
	ids := make([]string, 0, len(data))
	for _, entry := range data {
		ids = append(ids, id(entry))
	}
	return ids
}

// pagesForward walks a list to its end and keeps the pages.
func pagesForward(w *world, at pageAt, limit uint64) {
	w.pages = nil
	whole := at(cursor{limit: ptr(uint64(250))})
	holds(whole.done, "a list that fits a page is not done")
	holds(len(whole.ids) > int(limit), "%d entries are too few for two pages", len(whole.ids))
	pages := []page{at(cursor{limit: &limit})}
	found := slices.Clone(pages[0].ids)
	for last := pages[0]; !last.done; {
		equal(len(last.ids), int(limit))
		holds(len(pages) <= len(whole.ids), "the list does not end")
		last = at(cursor{limit: &limit, iterator: last.next})
		pages = append(pages, last)
		found = append(found, last.ids...)
	}
	equal(found, whole.ids)
	w.pages = pages
}

// pagesBack walks back over the pages that pagesForward has kept.
func pagesBack(w *world, at pageAt, limit uint64) {
	holds(len(w.pages) > 1, "there are no pages to go back over")
	here := w.pages[len(w.pages)-1]
	for n := len(w.pages) - 2; n >= 0; n-- {
		holds(here.previous != nil, "there is no way back")
		here = at(cursor{limit: &limit, iterator: here.previous})
		equal(here.ids, w.pages[n].ids)
	}
}

// bothOrders: both orders of a list are each other's reverse.
func bothOrders(at pageAt) {
	up := at(cursor{limit: ptr(uint64(250)), order: ptr(models.ORDERING_ASCENDING)}).ids
	down := at(cursor{limit: ptr(uint64(250)), order: ptr(models.ORDERING_DESCENDING)}).ids
	holds(len(up) > 1, "too few entries for an order")
	slices.Reverse(down)
	equal(up, down)
}
