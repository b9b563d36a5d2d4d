package main

import (
	"fmt"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
	"github.com/svix/svix-webhooks/go/utils"
)

func applicationPages(w *world) pageAt {
	return func(c cursor) page {
		list := got(w.sdk.Application.List(ctx, &svix.ApplicationListOptions{
			Limit: c.limit, Iterator: c.iterator, Order: c.order,
		}))
		id := func(one models.ApplicationOut) string { return one.Id }
		return pageOf(list.Data, id, list.Done, list.Iterator, list.PrevIterator)
	}
}

func applicationSteps() {
	step("application.create: makes one", func(w *world) {
		made := got(w.sdk.Application.Create(ctx, models.ApplicationIn{
			Name:         "Acme",
			Uid:          ptr("acme"),
			Metadata:     &map[string]string{"plan": "gold"},
			ThrottleRate: ptr(uint16(1000)),
		}, nil))
		w.acmeID = made.Id
		equal(made.Name, "Acme")
		is(made.Uid, "acme")
		is(made.ThrottleRate, 1000)
		equal(made.Metadata, map[string]string{"plan": "gold"})
	})

	step("application.create: makes more", func(w *world) {
		for n := 1; n <= 4; n++ {
			made := got(w.sdk.Application.Create(ctx, models.ApplicationIn{
				Name: fmt.Sprintf("App %d", n),
				Uid:  ptr(fmt.Sprintf("app-%d", n)),
			}, nil))
			absent(made.ThrottleRate)
			if n == 1 {
				w.firstAppID = made.Id
			}
		}
	})

	again := models.ApplicationIn{Name: "Again", Uid: ptr("acme")}
	step("application.create: a uid that exists is refused with 409", func(w *world) {
		_, err := w.sdk.Application.Create(ctx, again, nil)
		refused(409, err)
	})

	step("application.create: gets the one that exists", func(w *world) {
		found := got(w.sdk.Application.GetOrCreate(ctx, again, nil))
		equal(found.Id, w.acmeID)
		equal(found.Name, "Acme")
	})

	step("application.get: reads by id and by uid", func(w *world) {
		byID := got(w.sdk.Application.Get(ctx, w.acmeID))
		equal(byID, got(w.sdk.Application.Get(ctx, "acme")))
		equal(byID.Metadata, map[string]string{"plan": "gold"})
	})

	step("application.get: what is not there is refused with 404", func(w *world) {
		_, err := w.sdk.Application.Get(ctx, "no-such")
		refused(404, err)
	})

	step("application.list: pages forward", func(w *world) {
		pagesForward(w, applicationPages(w), 2)
	})

	step("application.list: pages back", func(w *world) {
		pagesBack(w, applicationPages(w), 2)
	})

	step("application.list: order", func(w *world) { bothOrders(applicationPages(w)) })

	step("application.upsert: changes", func(w *world) {
		after := got(w.sdk.Application.Update(ctx, "app-1", models.ApplicationIn{
			Name:         "Changed",
			Uid:          ptr("app-1"),
			Metadata:     &map[string]string{"a": "b"},
			ThrottleRate: ptr(uint16(5)),
		}))
		equal(after.Id, w.firstAppID)
		equal(after.Name, "Changed")
		equal(after.Metadata, map[string]string{"a": "b"})
		is(after.ThrottleRate, 5)
	})

	step("application.upsert: creates", func(w *world) {
		wanted := models.ApplicationIn{Name: "Five", Uid: ptr("app-5")}
		made := got(w.sdk.Application.Update(ctx, "app-5", wanted))
		equal(made.Name, "Five")
		is(made.Uid, "app-5")
	})

	step("application.patch: changes what it names", func(w *world) {
		change := models.ApplicationPatch{Name: ptr("Patched")}
		after := got(w.sdk.Application.Patch(ctx, "app-1", change))
		equal(after.Name, "Patched")
		is(after.ThrottleRate, 5)
		equal(after.Metadata, map[string]string{"a": "b"})
	})

	step("application.patch: null clears", func(w *world) {
		got(w.sdk.Application.Patch(ctx, "app-1", models.ApplicationPatch{
			ThrottleRate: utils.NewNullableFromPtr[uint16](nil),
			Uid:          utils.NewNullableFromPtr[string](nil),
		}))
		after := got(w.sdk.Application.Get(ctx, w.firstAppID))
		equal(after.Name, "Patched")
		absent(after.ThrottleRate)
		absent(after.Uid)
	})

	step("application.delete: deletes", func(w *world) {
		for _, app := range []string{w.firstAppID, "app-5"} {
			check(w.sdk.Application.Delete(ctx, app))
			_, err := w.sdk.Application.Get(ctx, app)
			refused(404, err)
		}
	})
}
