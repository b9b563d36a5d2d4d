package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

var moreOperational = []string{"ops-1", "ops-2", "ops-3", "ops-4"}

// newSecret makes a secret of one's own.
func newSecret() string {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	check(err)
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}

func operationalPages(w *world) pageAt {
	return func(c cursor) page {
		options := svix.OperationalWebhookEndpointListOptions{
			Limit: c.limit, Iterator: c.iterator, Order: c.order,
		}
		list := got(w.sdk.OperationalWebhookEndpoint.List(ctx, &options))
		id := func(one models.OperationalWebhookEndpointOut) string { return one.Id }
		return pageOf(list.Data, id, list.Done, list.Iterator, list.PrevIterator)
	}
}

// changedOperational is ops-1 as the step "changes" wants it.
func changedOperational(w *world) models.OperationalWebhookEndpointUpdate {
	return models.OperationalWebhookEndpointUpdate{
		Url:         w.receiver + "/ok/ops-1",
		Description: ptr("changed"),
		Uid:         ptr("ops-1"),
		Disabled:    ptr(true),
	}
}

func operationalSteps() {
	step("health.get: answers", func(w *world) { check(w.sdk.Health.Get(ctx)) })

	step("operational-webhook.endpoint.create: makes one", func(w *world) {
		events := []string{"endpoint.created", "message.attempt.exhausted"}
		made := got(w.sdk.OperationalWebhookEndpoint.Create(
			ctx,
			models.OperationalWebhookEndpointIn{
				Url:         w.receiver + "/operational",
				Description: ptr("ops"),
				Uid:         ptr("ops"),
				FilterTypes: events,
				Metadata:    &map[string]string{"team": "ops"},
			},
			nil,
		))
		w.operationalID = made.Id
		is(made.Uid, "ops")
		slices.Sort(made.FilterTypes)
		equal(made.FilterTypes, events)
		equal(made.Metadata, map[string]string{"team": "ops"})
	})

	step("operational-webhook.endpoint.create: makes more", func(w *world) {
		for _, uid := range moreOperational {
			made := got(w.sdk.OperationalWebhookEndpoint.Create(
				ctx,
				models.OperationalWebhookEndpointIn{
					Url:      w.receiver + "/ok/" + uid,
					Uid:      ptr(uid),
					Disabled: ptr(true),
				},
				nil,
			))
			is(made.Disabled, true)
		}
	})

	step("operational-webhook.endpoint.create: a uid that exists is refused with 409", func(w *world) {
		again := models.OperationalWebhookEndpointIn{Url: w.receiver + "/ok", Uid: ptr("ops")}
		_, err := w.sdk.OperationalWebhookEndpoint.Create(ctx, again, nil)
		refused(409, err)
	})

	step("operational-webhook.endpoint.get: reads by id and by uid", func(w *world) {
		byID := got(w.sdk.OperationalWebhookEndpoint.Get(ctx, w.operationalID))
		equal(byID, got(w.sdk.OperationalWebhookEndpoint.Get(ctx, "ops")))
		equal(byID.Url, w.receiver+"/operational")
		equal(byID.Description, "ops")
	})

	step("operational-webhook.endpoint.list: pages forward", func(w *world) {
		pagesForward(w, operationalPages(w), 2)
	})

	step("operational-webhook.endpoint.list: pages back", func(w *world) {
		pagesBack(w, operationalPages(w), 2)
	})

	step("operational-webhook.endpoint.list: order", func(w *world) {
		bothOrders(operationalPages(w))
	})

	step("operational-webhook.endpoint.upsert: changes", func(w *world) {
		wanted := changedOperational(w)
		wanted.ThrottleRate = ptr(uint16(7))
		wanted.Metadata = &map[string]string{"a": "b"}
		after := got(w.sdk.OperationalWebhookEndpoint.Update(ctx, "ops-1", wanted))
		equal(after.Description, "changed")
		is(after.ThrottleRate, 7)
		equal(after.Metadata, map[string]string{"a": "b"})
	})

	// This SDK has no null in a PUT: it leaves the field out, which clears it just so.
	step("operational-webhook.endpoint.upsert: null clears", func(w *world) {
		got(w.sdk.OperationalWebhookEndpoint.Update(ctx, "ops-1", changedOperational(w)))
		after := got(w.sdk.OperationalWebhookEndpoint.Get(ctx, "ops-1"))
		absent(after.ThrottleRate)
		equal(after.Metadata, map[string]string{})
	})

	step("operational-webhook.endpoint.get-secret: reads", func(w *world) {
		key := got(w.sdk.OperationalWebhookEndpoint.GetSecret(ctx, "ops-1")).Key
		holds(strings.HasPrefix(key, "whsec_"), "it is no secret")
	})

	step("operational-webhook.endpoint.rotate-secret: to a given one", func(w *world) {
		w.givenSecret = newSecret()
		wanted := models.OperationalWebhookEndpointSecretIn{Key: &w.givenSecret}
		check(w.sdk.OperationalWebhookEndpoint.RotateSecret(ctx, "ops-1", wanted, nil))
		equal(got(w.sdk.OperationalWebhookEndpoint.GetSecret(ctx, "ops-1")).Key, w.givenSecret)
	})

	step("operational-webhook.endpoint.rotate-secret: to a new one", func(w *world) {
		unnamed := models.OperationalWebhookEndpointSecretIn{}
		check(w.sdk.OperationalWebhookEndpoint.RotateSecret(ctx, "ops-1", unnamed, nil))
		key := got(w.sdk.OperationalWebhookEndpoint.GetSecret(ctx, "ops-1")).Key
		holds(strings.HasPrefix(key, "whsec_") && key != w.givenSecret, "it did not change")
	})

	// This SDK has no headers in a POST: they are set here first.
	step("operational-webhook.endpoint.get-headers: reads", func(w *world) {
		wanted := map[string]string{"x-team": "ops"}
		headers := models.OperationalWebhookEndpointHeadersIn{Headers: wanted}
		check(w.sdk.OperationalWebhookEndpoint.UpdateHeaders(ctx, "ops", headers))
		equal(got(w.sdk.OperationalWebhookEndpoint.GetHeaders(ctx, "ops")).Headers, wanted)
	})

	step("operational-webhook.endpoint.set-headers: replaces", func(w *world) {
		headers := models.OperationalWebhookEndpointHeadersIn{
			Headers: map[string]string{"x-team": "two", "authorization": "Bearer s3cret"},
		}
		check(w.sdk.OperationalWebhookEndpoint.UpdateHeaders(ctx, "ops", headers))
		after := got(w.sdk.OperationalWebhookEndpoint.GetHeaders(ctx, "ops"))
		equal(after.Headers["x-team"], "two")
		holds(slices.Contains(after.Sensitive, "authorization"), "it is not called sensitive")
		holds(!strings.Contains(fmt.Sprint(after), "s3cret"), "a sensitive value is shown")
	})

	step("operational-webhook.endpoint.delete: deletes", func(w *world) {
		for _, uid := range moreOperational {
			check(w.sdk.OperationalWebhookEndpoint.Delete(ctx, uid))
			_, err := w.sdk.OperationalWebhookEndpoint.Get(ctx, uid)
			refused(404, err)
		}
	})
}
