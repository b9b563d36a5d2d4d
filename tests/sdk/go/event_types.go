package main

import (
	"encoding/json"
	"slices"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
	"github.com/svix/svix-webhooks/go/utils"
)

var schemas = map[string]any{
	"1": map[string]any{
		"type":       "object",
		"properties": map[string]any{"total": map[string]any{"type": "integer"}},
		"examples":   []any{map[string]any{"total": 10.0}},
	},
}

const yaml = `openapi: 3.1.0
info: {title: Pets, version: "1"}
webhooks:
  pet.sold:
    post:
      description: A pet was sold
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {name: {type: string}}}
`

func eventTypePages(w *world) pageAt {
	return func(c cursor) page {
		list := eventTypes(w, svix.EventTypeListOptions{
			Limit: c.limit, Iterator: c.iterator, Order: c.order,
		})
		return pageOf(list.Data, nameOf, list.Done, list.Iterator, list.PrevIterator)
	}
}

func eventTypes(w *world, options svix.EventTypeListOptions) *models.ListResponseEventTypeOut {
	return got(w.sdk.EventType.List(ctx, &options))
}

func nameOf(one models.EventTypeOut) string { return one.Name }

// document is an OpenAPI document with one webhook.
func document(name, description string) map[string]any {
	schema := map[string]any{
		"type":       "object",
		"properties": map[string]any{"name": map[string]any{"type": "string"}},
	}
	body := map[string]any{
		"content": map[string]any{"application/json": map[string]any{"schema": schema}},
	}
	post := map[string]any{"description": description, "requestBody": body}
	return map[string]any{
		"openapi":  "3.1.0",
		"info":     map[string]any{"title": "Pets", "version": "1"},
		"webhooks": map[string]any{name: map[string]any{"post": post}},
	}
}

func eventTypeSteps() {
	step("event-type.create: makes one", func(w *world) {
		made := got(w.sdk.EventType.Create(ctx, models.EventTypeIn{
			Name:        "order.paid",
			Description: "An order was paid",
			GroupName:   ptr("orders"),
			Schemas:     &schemas,
		}, nil))
		equal(made.Name, "order.paid")
		is(made.GroupName, "orders")
		is(made.Archived, false)
		is(made.Schemas, schemas)
	})

	step("event-type.create: makes more", func(w *world) {
		create := func(wanted models.EventTypeIn) *models.EventTypeOut {
			return got(w.sdk.EventType.Create(ctx, wanted, nil))
		}
		for _, name := range []string{"order.shipped", "invoice.due", "text.raw"} {
			create(models.EventTypeIn{Name: name, Description: name})
		}
		early := []string{"early"}
		equal(create(models.EventTypeIn{
			Name: "order.cancelled", Description: "off", FeatureFlags: early,
		}).FeatureFlags, early)
		equal(create(models.EventTypeIn{
			Name: "invoice.sent", Description: "old", Deprecated: ptr(true),
		}).Deprecated, true)
	})

	step("event-type.create: a name that exists is refused with 409", func(w *world) {
		again := models.EventTypeIn{Name: "order.paid", Description: "again"}
		_, err := w.sdk.EventType.Create(ctx, again, nil)
		refused(409, err)
	})

	step("event-type.create: a bad name is refused with 422", func(w *world) {
		bad := models.EventTypeIn{Name: "no good", Description: "x"}
		_, err := w.sdk.EventType.Create(ctx, bad, nil)
		equal(refused(422, err), []string{"body", "name"})
	})

	step("event-type.get: reads", func(w *world) {
		found := got(w.sdk.EventType.Get(ctx, "order.paid"))
		equal(found.Description, "An order was paid")
		is(found.Schemas, schemas)
	})

	step("event-type.get: what is not there is refused with 404", func(w *world) {
		_, err := w.sdk.EventType.Get(ctx, "no.such")
		refused(404, err)
	})

	step("event-type.list: pages forward", func(w *world) { pagesForward(w, eventTypePages(w), 2) })

	step("event-type.list: pages back", func(w *world) { pagesBack(w, eventTypePages(w), 2) })

	step("event-type.list: order", func(w *world) { bothOrders(eventTypePages(w)) })

	step("event-type.list: schemas when asked for", func(w *world) {
		for _, asked := range []bool{true, false} {
			list := eventTypes(w, svix.EventTypeListOptions{WithContent: &asked})
			n := slices.IndexFunc(list.Data, func(one models.EventTypeOut) bool {
				return one.Name == "order.paid"
			})
			holds(n >= 0, "order.paid is not in the list")
			if asked {
				is(list.Data[n].Schemas, schemas)
			} else {
				absent(list.Data[n].Schemas)
			}
		}
	})

	step("event-type.upsert: changes", func(w *world) {
		wanted := models.EventTypeUpdate{Description: "changed", GroupName: ptr("invoices")}
		after := got(w.sdk.EventType.Update(ctx, "invoice.sent", wanted))
		equal(after.Description, "changed")
		is(after.GroupName, "invoices")
		equal(after.Deprecated, false)
	})

	step("event-type.upsert: creates", func(w *world) {
		made := got(w.sdk.EventType.Update(ctx, "order.returned", models.EventTypeUpdate{
			Description: "back", GroupName: ptr("orders"), Schemas: &schemas,
		}))
		equal(made.Name, "order.returned")
		is(made.GroupName, "orders")
	})

	step("event-type.patch: changes what it names", func(w *world) {
		change := models.EventTypePatch{Description: ptr("changed")}
		after := got(w.sdk.EventType.Patch(ctx, "order.returned", change))
		equal(after.Description, "changed")
		is(after.GroupName, "orders")
	})

	step("event-type.patch: null clears", func(w *world) {
		got(w.sdk.EventType.Patch(ctx, "order.returned", models.EventTypePatch{
			GroupName: utils.NewNullableFromPtr[string](nil),
			Schemas:   utils.NewNullableFromPtr[map[string]any](nil),
		}))
		after := got(w.sdk.EventType.Get(ctx, "order.returned"))
		equal(after.Description, "changed")
		absent(after.GroupName)
		absent(after.Schemas)
	})

	step("event-type.delete: archives", func(w *world) {
		check(w.sdk.EventType.Delete(ctx, "order.returned", nil))
		is(got(w.sdk.EventType.Get(ctx, "order.returned")).Archived, true)
		for _, asked := range []bool{false, true} {
			list := eventTypes(w, svix.EventTypeListOptions{IncludeArchived: &asked})
			names := idsOf(list.Data, nameOf)
			equal(slices.Contains(names, "order.returned"), asked)
		}
	})

	step("event-type.create: brings an archived one back", func(w *world) {
		again := models.EventTypeIn{Name: "order.returned", Description: "once more"}
		got(w.sdk.EventType.Create(ctx, again, nil))
		after := got(w.sdk.EventType.Get(ctx, "order.returned"))
		is(after.Archived, false)
		equal(after.Description, "once more")
	})

	step("event-type.delete: expunges", func(w *world) {
		options := svix.EventTypeDeleteOptions{Expunge: ptr(true)}
		check(w.sdk.EventType.Delete(ctx, "order.returned", &options))
		_, err := w.sdk.EventType.Get(ctx, "order.returned")
		refused(404, err)
	})

	importSteps()
}

func importSteps() {
	step("event-type.import-openapi: a dry run changes nothing", func(w *world) {
		spec := document("pet.born", "A pet was born")
		wanted := models.EventTypeImportOpenApiIn{Spec: &spec, DryRun: ptr(true)}
		planned := got(w.sdk.EventType.ImportOpenapi(ctx, wanted, nil)).Data.ToModify
		equal(len(planned), 1)
		equal(planned[0].Name, "pet.born")
		holds(planned[0].Schemas != nil, "it has no schemas")
		_, err := w.sdk.EventType.Get(ctx, "pet.born")
		refused(404, err)
	})

	step("event-type.import-openapi: imports", func(w *world) {
		spec := document("pet.born", "A pet was born")
		wanted := models.EventTypeImportOpenApiIn{Spec: &spec}
		done := got(w.sdk.EventType.ImportOpenapi(ctx, wanted, nil))
		equal(done.Data.Modified, []string{"pet.born"})
		made := got(w.sdk.EventType.Get(ctx, "pet.born"))
		equal(made.Description, "A pet was born")
		holds(made.Schemas != nil, "it has no schemas")
	})

	step("event-type.import-openapi: imports text", func(w *world) {
		asJSON, err := json.Marshal(document("pet.died", "Gone"))
		check(err)
		for name, text := range map[string]string{"pet.died": string(asJSON), "pet.sold": yaml} {
			wanted := models.EventTypeImportOpenApiIn{SpecRaw: ptr(text)}
			done := got(w.sdk.EventType.ImportOpenapi(ctx, wanted, nil))
			equal(done.Data.Modified, []string{name})
			holds(got(w.sdk.EventType.Get(ctx, name)).Schemas != nil, "%s has no schemas", name)
		}
	})
}
