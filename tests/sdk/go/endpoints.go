package main

import (
	"fmt"
	"slices"
	"strings"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
	"github.com/svix/svix-webhooks/go/utils"
)

const (
	acme   = "acme"
	script = "function handler(webhook) { return webhook }"
)

func endpointPages(w *world) pageAt {
	return func(c cursor) page {
		list := got(w.sdk.Endpoint.List(ctx, acme, &svix.EndpointListOptions{
			Limit: c.limit, Iterator: c.iterator, Order: c.order,
		}))
		return pageOf(list.Data, endpointID, list.Done, list.Iterator, list.PrevIterator)
	}
}

func endpointID(one models.EndpointOut) string { return one.Id }

func endpointSteps() {
	step("endpoint.create: makes one", func(w *world) {
		w.hookSecret = newSecret()
		events := []string{"order.paid", "order.shipped"}
		made := got(w.sdk.Endpoint.Create(ctx, acme, models.EndpointIn{
			Url:         w.receiver + "/ok",
			Uid:         ptr("hook"),
			Description: ptr("first"),
			FilterTypes: events,
			Metadata:    &map[string]string{"team": "billing"},
			Headers:     &map[string]string{"x-team": "billing"},
			Secret:      &w.hookSecret,
			Version:     ptr(uint16(1)),
		}, nil))
		w.hookID = made.Id
		is(made.Uid, "hook")
		equal(made.Description, "first")
		is(made.Disabled, false)
		slices.Sort(made.FilterTypes)
		equal(made.FilterTypes, events)
		equal(made.Metadata, map[string]string{"team": "billing"})
		equal(made.Channels, nil)
		equal(made.Version, 1)
	})

	step("endpoint.create: makes more", func(w *world) {
		create := func(path, uid string, wanted models.EndpointIn) *models.EndpointOut {
			wanted.Url, wanted.Uid = w.receiver+path, &uid
			return got(w.sdk.Endpoint.Create(ctx, acme, wanted, nil))
		}
		due := models.EndpointIn{FilterTypes: []string{"invoice.due"}}
		w.failingID = create("/fail", "failing", due).Id
		eu := []string{"eu"}
		regional := create("/ok/regional", "regional", models.EndpointIn{Channels: eu})
		w.regionalID = regional.Id
		equal(regional.Channels, eu)
		create("/raw", "raw", models.EndpointIn{FilterTypes: []string{"text.raw"}})
		spare := create("/ok/spare", "spare", models.EndpointIn{
			FilterTypes:  []string{"order.cancelled"},
			ThrottleRate: ptr(uint16(9)),
			Channels:     []string{"us"},
			Disabled:     ptr(true),
		})
		is(spare.ThrottleRate, 9)
		is(spare.RateLimit, 9)
		is(spare.Disabled, true)
	})

	step("endpoint.create: a uid that exists is refused with 409", func(w *world) {
		again := models.EndpointIn{Url: w.receiver + "/ok", Uid: ptr("hook")}
		_, err := w.sdk.Endpoint.Create(ctx, acme, again, nil)
		refused(409, err)
	})

	step("endpoint.create: an unknown event type is refused with 422", func(w *world) {
		unknown := models.EndpointIn{Url: w.receiver + "/ok", FilterTypes: []string{"no.such"}}
		_, err := w.sdk.Endpoint.Create(ctx, acme, unknown, nil)
		equal(refused(422, err)[0], "body")
	})

	step("endpoint.get: reads by id and by uid", func(w *world) {
		byID := got(w.sdk.Endpoint.Get(ctx, acme, w.hookID))
		equal(byID, got(w.sdk.Endpoint.Get(ctx, w.acmeID, "hook")))
		equal(byID.Url, w.receiver+"/ok")
	})

	step("endpoint.list: pages forward", func(w *world) { pagesForward(w, endpointPages(w), 2) })

	step("endpoint.list: pages back", func(w *world) { pagesBack(w, endpointPages(w), 2) })

	step("endpoint.list: order", func(w *world) { bothOrders(endpointPages(w)) })

	changeSteps()
	secretAndHeaderSteps()
	transformationSteps()
}

func changeSteps() {
	step("endpoint.upsert: changes", func(w *world) {
		after := got(w.sdk.Endpoint.Update(ctx, acme, "spare", models.EndpointUpdate{
			Url:          w.receiver + "/ok/spare",
			Uid:          ptr("spare"),
			Description:  ptr("changed"),
			FilterTypes:  []string{"order.cancelled"},
			Metadata:     &map[string]string{"a": "b"},
			ThrottleRate: ptr(uint16(9)),
			Channels:     []string{"us"},
			Disabled:     ptr(true),
		}))
		equal(after.Description, "changed")
		equal(after.Metadata, map[string]string{"a": "b"})
	})

	step("endpoint.upsert: creates", func(w *world) {
		made := got(w.sdk.Endpoint.Update(ctx, acme, "brief", models.EndpointUpdate{
			Url: w.receiver + "/ok/brief", Uid: ptr("brief"), Disabled: ptr(true),
		}))
		is(made.Uid, "brief")
	})

	step("endpoint.patch: changes what it names", func(w *world) {
		change := models.EndpointPatch{Description: ptr("patched")}
		after := got(w.sdk.Endpoint.Patch(ctx, acme, "spare", change))
		equal(after.Description, "patched")
		equal(after.Channels, []string{"us"})
		is(after.ThrottleRate, 9)
	})

	step("endpoint.patch: null clears", func(w *world) {
		got(w.sdk.Endpoint.Patch(ctx, acme, "spare", models.EndpointPatch{
			Channels:     utils.NewNullableFromPtr[[]string](nil),
			FilterTypes:  utils.NewNullableFromPtr[[]string](nil),
			ThrottleRate: utils.NewNullableFromPtr[uint16](nil),
		}))
		after := got(w.sdk.Endpoint.Get(ctx, acme, "spare"))
		equal(after.Channels, nil)
		equal(after.FilterTypes, nil)
		absent(after.ThrottleRate)
		equal(after.Description, "patched")
	})

	step("endpoint.delete: deletes", func(w *world) {
		check(w.sdk.Endpoint.Delete(ctx, acme, "brief"))
		_, err := w.sdk.Endpoint.Get(ctx, acme, "brief")
		refused(404, err)
	})
}

func secretAndHeaderSteps() {
	step("endpoint.get-secret: reads", func(w *world) {
		equal(got(w.sdk.Endpoint.GetSecret(ctx, acme, "hook")).Key, w.hookSecret)
	})

	step("endpoint.rotate-secret: to a given one", func(w *world) {
		w.givenSecret = newSecret()
		wanted := models.EndpointSecretRotateIn{Key: &w.givenSecret}
		check(w.sdk.Endpoint.RotateSecret(ctx, acme, "spare", wanted, nil))
		equal(got(w.sdk.Endpoint.GetSecret(ctx, acme, "spare")).Key, w.givenSecret)
	})

	step("endpoint.rotate-secret: to a new one", func(w *world) {
		unnamed := models.EndpointSecretRotateIn{}
		check(w.sdk.Endpoint.RotateSecret(ctx, acme, "spare", unnamed, nil))
		key := got(w.sdk.Endpoint.GetSecret(ctx, acme, "spare")).Key
		holds(strings.HasPrefix(key, "whsec_") && key != w.givenSecret, "it did not change")
	})

	step("endpoint.get-headers: reads", func(w *world) {
		found := got(w.sdk.Endpoint.GetHeaders(ctx, acme, "hook"))
		equal(found.Headers, map[string]string{"x-team": "billing"})
	})

	step("endpoint.set-headers: replaces", func(w *world) {
		headers := models.EndpointHeadersIn{
			Headers: map[string]string{"x-one": "1", "authorization": "Bearer s3cret"},
		}
		check(w.sdk.Endpoint.UpdateHeaders(ctx, acme, "spare", headers))
		after := got(w.sdk.Endpoint.GetHeaders(ctx, acme, "spare"))
		equal(after.Headers["x-one"], "1")
		holds(slices.Contains(after.Sensitive, "authorization"), "it is not called sensitive")
		holds(!strings.Contains(fmt.Sprint(after), "s3cret"), "a sensitive value is shown")
	})

	step("endpoint.patch-headers: changes and deletes", func(w *world) {
		check(w.sdk.Endpoint.PatchHeaders(ctx, acme, "spare", models.EndpointHeadersPatchIn{
			Headers:       map[string]string{"x-two": "2"},
			DeleteHeaders: []string{"x-one"},
		}))
		after := got(w.sdk.Endpoint.GetHeaders(ctx, acme, "spare"))
		equal(after.Headers["x-two"], "2")
		equal(after.Headers["x-one"], "")
		holds(slices.Contains(after.Sensitive, "authorization"), "another header is gone")
	})
}

func transformationSteps() {
	step("endpoint.transformation.get: none at first", func(w *world) {
		found := got(w.sdk.Endpoint.TransformationGet(ctx, acme, "spare"))
		absent(found.Code)
		is(found.Enabled, false)
	})

	step("endpoint.transformation.patch: sets", func(w *world) {
		variables := map[string]string{"k": "v"}
		change := models.EndpointTransformationPatch{
			Code:      utils.NewNullable(script),
			Enabled:   ptr(true),
			Variables: utils.NewNullable(variables),
		}
		check(w.sdk.Endpoint.PatchTransformation(ctx, acme, "spare", change))
		after := got(w.sdk.Endpoint.TransformationGet(ctx, acme, "spare"))
		is(after.Code, script)
		is(after.Enabled, true)
		is(after.Variables, variables)
	})

	step("endpoint.transformation.patch: null clears", func(w *world) {
		change := models.EndpointTransformationPatch{
			Code:    utils.NewNullableFromPtr[string](nil),
			Enabled: ptr(false),
		}
		check(w.sdk.Endpoint.PatchTransformation(ctx, acme, "spare", change))
		after := got(w.sdk.Endpoint.TransformationGet(ctx, acme, "spare"))
		absent(after.Code)
		is(after.Enabled, false)
	})
}
