package main

import (
	"slices"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

// portal makes a client with a portal token of its own.
func portal(w *world, sessionID string) *svix.Svix {
	access := got(w.sdk.Authentication.AppPortalAccess(ctx, acme, models.AppPortalAccessIn{
		Capabilities: []models.AppPortalCapability{
			models.APPPORTALCAPABILITY_VIEW_BASE, models.APPPORTALCAPABILITY_MANAGE_ENDPOINT,
		},
		Expiry:    ptr(uint64(3600)),
		SessionId: &sessionID,
	}, nil))
	holds(access.Url != "" && access.Token != "", "url or token is missing")
	return client(access.Token)
}

func accessSteps() {
	step("authentication.app-portal-access: gives a token", func(w *world) {
		w.firstSession = portal(w, "s1")
		w.secondSession = portal(w, "s2")
	})

	step("authentication.app-portal-access: the token reaches what it may", func(w *world) {
		seen := got(w.firstSession.Endpoint.List(ctx, acme, nil))
		ids := idsOf(seen.Data, endpointID)
		holds(slices.Contains(ids, w.hookID), "it does not see an endpoint")
		_, err := w.firstSession.Application.List(ctx, nil)
		refused(403, err)
		_, err = w.firstSession.Endpoint.GetSecret(ctx, acme, w.hookID)
		refused(403, err)
	})

	step("authentication.expire-all: ends the sessions that are named", func(w *world) {
		check(w.sdk.Authentication.ExpireAll(ctx, acme, models.ApplicationTokenExpireIn{
			SessionIds: []string{"s1"}, Expiry: ptr(int64(0)),
		}, nil))
		eventually(func() {
			_, err := w.firstSession.Endpoint.List(ctx, acme, nil)
			refused(401, err)
		})
		got(w.secondSession.Endpoint.List(ctx, acme, nil))
	})

	step("authentication.logout: ends the token itself", func(w *world) {
		check(w.secondSession.Authentication.Logout(ctx, nil))
		_, err := w.secondSession.Endpoint.List(ctx, acme, nil)
		refused(401, err)
	})

	step("application.list: a bad token is refused with 401", func(w *world) {
		_, err := client("nonsense").Application.List(ctx, nil)
		refused(401, err)
	})

	step("environment.export: shows the event types", func(w *world) {
		shown := got(w.sdk.Environment.Export(ctx, nil))
		names := idsOf(shown.EventTypes, nameOf)
		holds(slices.Contains(names, "order.paid"), "an event type is missing")
	})

	step("environment.import: adds event types", func(w *world) {
		came := []models.EventTypeIn{{Name: "came.along", Description: "Came along"}}
		wanted := models.EnvironmentIn{EventTypes: came}
		check(w.sdk.Environment.Import(ctx, wanted, nil))
		equal(got(w.sdk.EventType.Get(ctx, "came.along")).Description, "Came along")
	})

	step("application.delete: deletes what belongs to it", func(w *world) {
		check(w.sdk.Application.Delete(ctx, acme))
		_, err := w.sdk.Endpoint.List(ctx, acme, nil)
		refused(404, err)
	})
}
